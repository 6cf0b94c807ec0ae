//! Where each value of a strict JSON text stands, so that damage can be done on purpose.

/// What kind of value it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    Other,
}

/// One value, with its name if it is a member.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// JSON Pointer.
    pub(crate) pointer: String,
    pub(crate) kind: Kind,
    /// Where its name starts, or the value itself in an array.
    pub(crate) first: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Pointer of the object or array around it.
    pub(crate) parent: String,
}

impl Span {
    pub(crate) fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }

    pub(crate) fn is_member(&self) -> bool {
        self.first != self.start
    }

    /// The last part of the pointer.
    pub(crate) fn name(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }
}

/// Every value of the text, the outermost first.
pub(crate) fn spans(text: &str) -> Vec<Span> {
    let mut walker = Walker { text: text.as_bytes(), at: 0, found: Vec::new() };
    walker.space();
    walker.value(String::new(), String::new(), walker.at);
    walker.found
}

struct Walker<'a> {
    text: &'a [u8],
    at: usize,
    found: Vec<Span>,
}

impl Walker<'_> {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Passes a text in quotes and returns what stands between them.
    fn quoted(&mut self) -> String {
        let start = self.at + 1;
        self.at = start;
        while self.text[self.at] != b'"' {
            self.at += if self.text[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        String::from_utf8_lossy(&self.text[start..self.at - 1]).into_owned()
    }

    fn value(&mut self, pointer: String, parent: String, first: usize) {
        let (start, place) = (self.at, self.found.len());
        let kind = match self.text[start] {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::Text,
            _ => Kind::Other,
        };
        let span = Span { pointer: pointer.clone(), kind, first, start, end: start, parent };
        self.found.push(span);
        match kind {
            Kind::Object | Kind::Array => self.inside(&pointer, kind),
            Kind::Text => drop(self.quoted()),
            Kind::Other => {
                while !matches!(self.text.get(self.at), None | Some(b',' | b']' | b'}' | b'\n')) {
                    self.at += 1;
                }
            }
        }
        self.found[place].end = self.at;
    }

    fn inside(&mut self, pointer: &str, kind: Kind) {
        self.at += 1;
        for index in 0.. {
            self.space();
            if matches!(self.text[self.at], b']' | b'}') {
                break;
            }
            let first = self.at;
            let name = if kind == Kind::Object { self.quoted() } else { index.to_string() };
            if kind == Kind::Object {
                self.space();
                self.at += 1;
                self.space();
            }
            self.value(format!("{pointer}/{name}"), pointer.into(), first);
            self.space();
            if self.text[self.at] == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
    }
}
