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
  ["nodes", "/nodes"],
  ["funds", "/funds"],
  ["funds-pensions", "/funds?kind=pension"],
  ["charter-new", "/charters/new"],
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
  ["gift", "/trace", "/trace/"],
  ["fund", "/funds", "/funds/R-"],
  ["org", "/orgs", "/orgs/"],
  ["record", "/records", "/records/"],
  ["block", "/blocks", "/blocks/"],
  ["doc", "/docs", "/docs/"],
  ["fault", "/problems", "/problems/bad-"],
];

/** Further needs, told in other words: which row of the list to look for, and where to stop. */
const NEEDS = [
  ["need-said", "tag said"],
  ["need-without-number", "nobound"],
];
const PARTS = 12;

async function read(base, path) {
  return (await fetch(`${base}/en${path}`)).text();
}

function links(html, beginning) {
  const found = [...html.matchAll(/href="\/en([^"#]*)"/g)].map(([, link]) => link);
  const fits = (link) => link.startsWith(beginning) && link.length > beginning.length;
  return [...new Set(found)].filter(fits);
}

/** The first need whose row holds these words. */
async function needWith(base, words) {
  let path = "/needs";
  for (let part = 0; path && part < PARTS; part += 1) {
    const html = await read(base, path);
    const row = html.split("<tr>").find((text) => text.includes(words));
    if (row) return links(row, "/needs/")[0];
    const next = html.match(/rel="next" href="\/en([^"]*)"/);
    path = next && next[1].replaceAll("&amp;", "&");
  }
  return null;
}

/**
 * WEAL_TRACE may name gifts worth looking at, by code, with commas between.
 * @returns {Promise<{name: string, path: string, status: number}[]>}
 */
export async function discover(base) {
  const pages = FIXED.map(([name, path]) => ({ name, path, status: 200 }));
  const add = (name, path, status = 200) => path && pages.push({ name, path, status });
  for (const [name, list, beginning] of LISTS) {
    add(name, links(await read(base, list), beginning)[0]);
  }
  for (const [name, words] of NEEDS) add(name, await needWith(base, words));
  for (const [at, code] of (process.env.WEAL_TRACE ?? "").split(",").entries()) {
    if (code) add(`showcase-${at}`, `/trace/${code}`);
  }
  add("missing", "/nothing-here", 404);
  add("bad-cursor", "/needs?cursor=made-up", 400);
  return pages;
}
