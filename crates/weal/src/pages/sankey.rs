//! The picture of a gift's way: hands as pillars, flows between them as bands of their width.
//!
//! Pillars stand at percentages of the width and bands are stretched, so that text keeps its size.

use super::chart::short;
use super::phrase;
use super::words::Lang;
use maud::{Markup, html};
use weal_services::view::{Flow, FlowNode};

/// Height of the tallest column's pillars, without the gaps between them.
const PILLARS: f64 = 200.0;
/// Between two pillars: room for a name and a quantity.
const GAP: f64 = 44.0;
/// Thinner ones would not be seen.
const THINNEST: f64 = 2.0;
/// More hands than this are told in the list only.
const MOST_NODES: usize = 48;

/// Where everything stands.
struct Plan {
    columns: usize,
    height: f64,
    /// Pixels for one unit of the gift.
    scale: f64,
    /// Top of each pillar.
    tops: Vec<f64>,
}

impl Plan {
    fn new(nodes: &[FlowNode], flows: &[Flow]) -> Plan {
        let columns = nodes.iter().map(|node| usize::from(node.column) + 1).max().unwrap_or(1);
        let column = |at: usize| nodes.iter().filter(move |n| usize::from(n.column) == at);
        let tallest = (0..columns).map(|at| column(at).map(|n| n.quantity).sum::<u64>()).max();
        let scale = PILLARS / tallest.unwrap_or(1).max(1) as f64;
        let mut plan = Plan { columns, height: 0.0, scale, tops: vec![0.0; nodes.len()] };
        let needed = |at| column(at).map(|node| plan.thick(node.quantity) + GAP).sum::<f64>();
        plan.height = (0..columns).map(needed).fold(0.0, f64::max);
        for column in 0..columns {
            plan.place(column, nodes, flows);
        }
        plan
    }

    /// Places a column's pillars: each as near as it can be to where its goods come from.
    fn place(&mut self, column: usize, nodes: &[FlowNode], flows: &[Flow]) {
        let here = nodes.iter().enumerate().filter(|(_, n)| usize::from(n.column) == column);
        let mut wishes: Vec<(f64, usize, u64)> = here
            .map(|(at, node)| {
                let givers = flows.iter().filter(|flow| flow.to == at);
                let wish = givers.map(|flow| self.top(flow.from)).fold(f64::INFINITY, f64::min);
                (if wish.is_finite() { wish } else { 0.0 }, at, node.quantity)
            })
            .collect();
        wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let size = |quantity: u64| self.thick(quantity) + GAP;
        let mut below: f64 = wishes.iter().map(|(_, _, quantity)| size(*quantity)).sum();
        let mut next: f64 = 0.0;
        let mut placed = Vec::with_capacity(wishes.len());
        for (wish, at, quantity) in wishes {
            // Not so far down that those below would no longer fit.
            let top = next.max(wish.min(self.height - below));
            below -= size(quantity);
            next = top + size(quantity);
            placed.push((at, top));
        }
        for (at, top) in placed {
            if let Some(place) = self.tops.get_mut(at) {
                *place = top;
            }
        }
    }

    /// Left edge of a column in percent; the last one leaves room for its names.
    fn x(&self, column: u8) -> f64 {
        f64::from(column) * 100.0 / self.columns as f64
    }

    fn thick(&self, quantity: u64) -> f64 {
        (quantity as f64 * self.scale).max(THINNEST)
    }

    fn top(&self, node: usize) -> f64 {
        self.tops.get(node).copied().unwrap_or(0.0)
    }
}

/// The picture, in a region that can be moved sideways on a narrow screen.
pub(crate) fn draw(
    lang: Lang,
    nodes: &[FlowNode],
    flows: &[Flow],
    quantity: &dyn Fn(u64) -> String,
) -> Markup {
    if nodes.len() > MOST_NODES {
        return html! { p.note { (lang.say("trace-flow-many")) } };
    }
    let plan = Plan::new(nodes, flows);
    let height = short(plan.height);
    let words = lang.say("trace-flow-words");
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.say("trace-flow")) {
            div.flows {
                svg width="100%" height=(height) role="img" aria-label=(words) {
                    svg viewBox={ "0 0 100 " (height) } preserveAspectRatio="none" width="100%"
                        height="100%" {
                        @for (class, path) in bands(&plan, nodes, flows) {
                            path.band.(class) d=(path) {}
                        }
                    }
                    @for (at, node) in nodes.iter().enumerate() {
                        (pillar(lang, &plan, at, node, &quantity(node.quantity)))
                    }
                }
            }
        }
    }
}

fn pillar(lang: Lang, plan: &Plan, at: usize, node: &FlowNode, quantity: &str) -> Markup {
    let (x, top) = (format!("{}%", short(plan.x(node.column))), plan.top(at));
    html! {
        rect.pillar.(class(node)) x=(x) y=(short(top)) width="7"
            height=(short(plan.thick(node.quantity))) {}
        text.who x=(x) y=(short(top)) dx="14" dy="13" { (label(lang, node)) }
        text.quantity x=(x) y=(short(top)) dx="14" dy="30" { (quantity) }
    }
}

/// Who holds it, or what became of it.
fn label(lang: Lang, node: &FlowNode) -> String {
    let state = phrase::word(lang, "node", &node.state);
    if node.state == "held" && !node.party.name.is_empty() {
        return cut(&phrase::name(lang, &node.party));
    }
    if node.party.name.is_empty() {
        return state;
    }
    cut(&format!("{state}: {}", phrase::name(lang, &node.party)))
}

/// A name that fits between two pillars: Chinese characters are twice as wide.
fn cut(name: &str) -> String {
    const WIDTH: usize = 30;
    let wide = |c: char| if c.is_ascii() { 1 } else { 2 };
    if name.chars().map(wide).sum::<usize>() <= WIDTH {
        return name.to_owned();
    }
    let mut width = 1;
    let fits = |c: &char| {
        width += wide(*c);
        width <= WIDTH
    };
    name.chars().take_while(fits).collect::<String>() + "…"
}

fn class(node: &FlowNode) -> &'static str {
    match node.state.as_str() {
        "lost" => "lost",
        "held" | "gift" => "held",
        "on_the_way" => "moving",
        _ => "used",
    }
}

/// The bands, each from its place on the giver's pillar to its place on the taker's.
fn bands(plan: &Plan, nodes: &[FlowNode], flows: &[Flow]) -> Vec<(&'static str, String)> {
    let (mut left, mut entered) = (vec![0.0; nodes.len()], vec![0.0; nodes.len()]);
    let mut order: Vec<&Flow> = flows.iter().collect();
    let key = |flow: &Flow| (plan.top(flow.to), plan.top(flow.from));
    order.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal));
    order
        .into_iter()
        .filter_map(|flow| {
            let (from, to) = (nodes.get(flow.from)?, nodes.get(flow.to)?);
            let thick = plan.thick(flow.quantity);
            let (start, end) = (left.get_mut(flow.from)?, entered.get_mut(flow.to)?);
            let (y0, y1) = (plan.top(flow.from) + *start, plan.top(flow.to) + *end);
            *start += flow.quantity as f64 * plan.scale;
            *end += flow.quantity as f64 * plan.scale;
            Some((class(to), band((plan.x(from.column), y0), (plan.x(to.column), y1), thick)))
        })
        .collect()
}

fn band((x0, y0): (f64, f64), (x1, y1): (f64, f64), thick: f64) -> String {
    let middle = short((x0 + x1) / 2.0);
    let (left, right) = (short(x0), short(x1));
    let [a, b, c, d] = [y0, y1, y1 + thick, y0 + thick].map(short);
    format!(
        "M{left} {a}C{middle} {a} {middle} {b} {right} {b}V{c}C{middle} {c} {middle} {d} {left} {d}Z"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect_file;
    use weal_services::view::Party;

    fn node(column: u8, name: &str, state: &str, quantity: u64) -> FlowNode {
        let party = Party { name: name.to_owned(), ..Party::default() };
        FlowNode { column, party, state: state.to_owned(), quantity }
    }

    #[test]
    fn a_gift_flows_to_the_right_and_what_was_lost_is_marked() {
        let nodes = [
            node(0, "", "gift", 200),
            node(1, "Depot", "held", 200),
            node(2, "Hospital", "used", 180),
            node(2, "Depot", "lost", 20),
        ];
        let flows = [(0, 1, 200), (1, 2, 180), (1, 3, 20)].map(|(from, to, quantity)| Flow {
            from,
            to,
            quantity,
        });
        let drawn = draw(Lang::En, &nodes, &flows, &|quantity| format!("{quantity} boxes"));
        // One element or attribute on a line.
        let lined = drawn.0.replace(&Lang::En.say("trace-flow-words"), "…");
        let lined = lined.replace("><", ">\n<").replace("\" ", "\"\n  ");
        expect_file!["snapshots/flows.svg"].assert_eq(&lined);
    }

    #[test]
    fn a_long_name_is_cut_by_its_width() {
        assert_eq!(cut("Heting Relief Depot"), "Heting Relief Depot");
        assert_eq!(cut("Qingchuan Hospital for Infectious Diseases").chars().count(), 30);
        assert_eq!(cut("清川市第一人民医院发热门诊临时仓库二号"), "清川市第一人民医院发热门诊临…");
    }
}
