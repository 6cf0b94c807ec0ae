//! Server-rendered pages: every figure in a sentence first, as a picture second, as a table third.
