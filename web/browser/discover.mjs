/** Which pages to look at: the fixed ones, and one of each kind that the lists lead to. */

const FIXED = [
  ["overview", "/"],
  ["needs", "/needs"],
  ["needs-filtered", "/needs?urgency=critical&open=1"],
  ["needs-empty", "/needs?text=nothing-has-this-name"],
  ["trace-form", "/trace"],
  ["orgs", "/orgs"],
  ["records", "/records"],
  ["records-act", "/records?act=holding.accept"],
  ["blocks", "/blocks"],
  ["balance", "/balance"],
  ["unresolved", "/unresolved"],
  ["verify", "/verify"],
  ["search", "/search?q=N95"],
  ["about", "/about"],
  ["docs", "/docs"],
  ["problems", "/problems"],
  ["problem", "/problems/HOLD-02"],
];

/** Lists and the beginning of the links on them that lead to one thing. */
const LISTS = [
  ["need", "/needs", "/needs/"],
  ["need-said", "/needs?text=&urgency=normal", "/needs/"],
  ["gift", "/trace", "/trace/"],
  ["org", "/orgs", "/orgs/"],
  ["record", "/records", "/records/"],
  ["block", "/blocks", "/blocks/"],
  ["doc", "/docs", "/docs/"],
];

async function links(base, path, beginning) {
  const answer = await fetch(`${base}/en${path}`);
  const found = (await answer.text()).matchAll(/href="\/en([^"#]*)"/g);
  return [...new Set([...found].map(([, link]) => link))].filter(
    (link) => link.startsWith(beginning) && link.length > beginning.length,
  );
}

/** @returns {Promise<{name: string, path: string, status: number}[]>} */
export async function discover(base) {
  const pages = FIXED.map(([name, path]) => ({ name, path, status: 200 }));
  for (const [name, list, beginning] of LISTS) {
    const [first] = await links(base, list, beginning);
    if (first) pages.push({ name, path: first, status: 200 });
  }
  // Gifts that went through several hands are told on the first page of a demonstration.
  for (const [at, code] of (process.env.WEAL_GIFTS ?? "").split(",").entries()) {
    if (code) pages.push({ name: `showcase-${at}`, path: `/trace/${code}`, status: 200 });
  }
  pages.push({ name: "missing", path: "/nothing-here", status: 404 });
  pages.push({ name: "bad-cursor", path: "/needs?cursor=made-up", status: 400 });
  return pages;
}
