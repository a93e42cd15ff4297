//! Owns: the parser's errors in CPython 3.13's words.
//! Never: finds errors itself (`lexical` looks for those that CPython's tokenizer would have met).

use rustpython_ast::Mod;
use rustpython_ast::token::{Token, TokenKind};
use rustpython_parser::{ParseError, ParseErrorType, Parsed, UnsupportedSyntaxError, UnsupportedSyntaxErrorKind};
use rustpython_text_size::Ranged;

use super::lexical::{self, Found};
use super::{span, targets};
use crate::diagnostics::Diagnostic;
use crate::source::{SourceFile, Span};

const INVALID: &str = "invalid syntax";

/// The first error of a text that does not parse.
pub fn translate(file: &SourceFile, parsed: &Parsed<Mod>, error: &ParseError) -> Diagnostic {
    let tokens: Vec<Token> = parsed.tokens().iter().copied().filter(|token| !token.kind().is_trivia()).collect();
    let unterminated = |error: &&ParseError| {
        matches!(&error.error, ParseErrorType::Lexical(rustpython_parser::LexicalErrorType::UnclosedStringError))
    };
    // A string without end stops CPython's tokenizer, and the tokenizer's errors win.
    let error = parsed.errors().iter().find(unterminated).unwrap_or(error);
    let context = Context { file, tokens, syntax: parsed.syntax(), at: span(file, error.location) };
    let found = context.translate(error);
    Diagnostic::syntax(found.kind, found.message, found.span)
}

pub fn unsupported(file: &SourceFile, error: &UnsupportedSyntaxError) -> Diagnostic {
    let text = match error.kind {
        UnsupportedSyntaxErrorKind::UnparenthesizedExceptionTypes => "multiple exception types must be parenthesized",
        UnsupportedSyntaxErrorKind::IterableUnpackingInListComprehension => {
            "iterable unpacking cannot be used in comprehension"
        }
        _ => INVALID,
    };
    Diagnostic::syntax("SyntaxError", text, span(file, error.range))
}

struct Context<'a> {
    file: &'a SourceFile,
    tokens: Vec<Token>,
    syntax: &'a Mod,
    at: Span,
}

impl Context<'_> {
    fn translate(&self, error: &ParseError) -> Found {
        let found = match &error.error {
            ParseErrorType::Lexical(lexical) => lexical::translate(self.file, lexical, self.at),
            ParseErrorType::FStringError(inner) => lexical::fstring(self.file, inner, self.at),
            other => self.grammar(other),
        };
        if found.kind != "SyntaxError" {
            return found;
        }
        // The tokenizer's errors win, wherever they stand; a string error stops it.
        let is_string = matches!(error.error, ParseErrorType::Lexical(_)) && found.message.starts_with("unterminated");
        if !is_string && let Some(first) = lexical::first_error(self.file, &self.tokens) {
            return first;
        }
        if let Some(open) = lexical::unclosed(&self.tokens, self.at.start) {
            let at_end = self.file.text.get(self.at.start as usize..).is_none_or(|rest| rest.trim().is_empty());
            let later = self.file.line(self.at.start) > self.file.line(open.1);
            if (at_end || later) && !is_string {
                return lexical::never_closed(self.file, open);
            }
        }
        found
    }

    fn syntax(&self, text: impl Into<String>) -> Found {
        Found::syntax(text, self.at)
    }

    fn grammar(&self, error: &ParseErrorType) -> Found {
        use ParseErrorType as E;
        match error {
            E::InvalidAssignmentTarget => self.assignment(),
            E::InvalidNamedAssignmentTarget => {
                self.named(|name| format!("cannot use assignment expressions with {name}"))
            }
            E::InvalidAnnotatedAssignmentTarget => self.syntax("illegal target for annotation"),
            E::InvalidAugmentedAssignmentTarget => {
                self.named(|name| format!("'{name}' is an illegal expression for augmented assignment"))
            }
            E::InvalidDeleteTarget => self.named(|name| format!("cannot delete {name}")),
            E::PositionalAfterKeywordArgument => {
                Found::syntax("positional argument follows keyword argument", self.closing())
            }
            E::PositionalAfterKeywordUnpacking => {
                Found::syntax("positional argument follows keyword argument unpacking", self.closing())
            }
            E::InvalidArgumentUnpackingOrder => {
                self.syntax("iterable argument unpacking follows keyword argument unpacking")
            }
            E::DuplicateKeywordArgumentError(name) => self.syntax(format!("keyword argument repeated: {name}")),
            E::UnparenthesizedGeneratorExpression => self.syntax("Generator expression must be parenthesized"),
            E::NonDefaultParamAfterDefaultParam => {
                self.syntax("parameter without a default follows parameter with a default")
            }
            E::ExpectedKeywordParam => self.syntax("named arguments must follow bare *"),
            E::ParamAfterVarKeywordParam => self.syntax("arguments cannot follow var-keyword argument"),
            E::VarParameterWithDefault => {
                let stars = self.file.slice(self.at).starts_with("**");
                let what = if stars { "var-keyword" } else { "var-positional" };
                self.syntax(format!("{what} argument cannot have default value"))
            }
            E::EmptyImportNames if self.at_line_end() => self.syntax("Expected one or more names after 'import'"),
            E::IterableUnpackingInComprehension => {
                self.syntax("iterable unpacking cannot be used in comprehension")
            }
            E::ExpectedRealNumber => self.syntax("real number required in complex literal"),
            E::ExpectedImaginaryNumber => self.syntax("imaginary number required in complex literal"),
            E::ExpectedExpression => self.expected_expression(),
            E::ExpectedToken { expected, found } => self.expected_token(*expected, *found),
            E::UnexpectedIndentation => self.unexpected_indent(),
            E::SimpleStatementsOnSameLine => self.same_line(),
            E::OtherError(text) => self.other(text),
            E::TStringError(_)
            | E::Lexical(_)
            | E::FStringError(_)
            | E::EmptySlice
            | E::EmptyGlobalNames
            | E::EmptyNonlocalNames
            | E::EmptyDeleteTargets
            | E::EmptyImportNames
            | E::EmptyTypeParams
            | E::UnparenthesizedNamedExpression
            | E::UnparenthesizedTupleExpression
            | E::InvalidLambdaExpressionUsage
            | E::InvalidYieldExpressionUsage
            | E::InvalidStarredExpressionUsage
            | E::InvalidStarPatternUsage
            | E::SimpleAndCompoundStatementOnSameLine
            | E::UnexpectedTokenAfterAsync(_)
            | E::UnexpectedIpythonEscapeCommand
            | E::UnexpectedExpressionToken => self.invalid(),
        }
    }

    /// The error CPython reports when none of its special rules fits.
    fn invalid(&self) -> Found {
        self.forgotten_comma().unwrap_or_else(|| self.syntax(INVALID))
    }

    fn named(&self, text: impl FnOnce(&str) -> String) -> Found {
        let range = rustpython_text_size::TextRange::new(self.at.start.into(), self.at.end.into());
        match targets::find(self.syntax, range) {
            Some((expr, _)) => self.syntax(text(targets::name(expr))),
            None => self.syntax(text("expression")),
        }
    }

    fn assignment(&self) -> Found {
        let range = rustpython_text_size::TextRange::new(self.at.start.into(), self.at.end.into());
        let Some((expr, opens)) = targets::find(self.syntax, range) else {
            return self.syntax("cannot assign to expression");
        };
        let name = targets::name(expr);
        if opens && targets::suggests_equality(expr) {
            return self.syntax(format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"));
        }
        if name == "yield expression" {
            return self.syntax("assignment to yield expression not possible");
        }
        self.syntax(format!("cannot assign to {name}"))
    }

    fn expected_expression(&self) -> Found {
        let before = self.token_before(self.at.start).map(|token| token.kind());
        let here = self.token_at(self.at.start).map(|token| token.kind());
        match (before, here) {
            (Some(TokenKind::Star), Some(TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Comma)) => {
                self.syntax("Invalid star expression")
            }
            (Some(TokenKind::Equal), Some(TokenKind::Rpar | TokenKind::Comma)) if self.in_def() => {
                let at = self.token_before(self.at.start).map_or(self.at, |token| span(self.file, token.range()));
                Found::syntax("expected default value expression", at)
            }
            (Some(TokenKind::Colon), Some(TokenKind::Rbrace)) => {
                let at = self.token_before(self.at.start).map_or(self.at, |token| span(self.file, token.range()));
                Found::syntax("expression expected after dictionary key and ':'", at)
            }
            (Some(TokenKind::Lbrace), Some(TokenKind::Rbrace)) if self.in_fstring() => {
                self.syntax("f-string: valid expression required before '}'")
            }
            (Some(TokenKind::Less), Some(TokenKind::Greater)) => {
                let at = self.token_before(self.at.start).map_or(self.at, |token| span(self.file, token.range()));
                Found::syntax(INVALID, at)
            }
            (Some(TokenKind::Rarrow), _) => {
                let at = self.token_before(self.at.start).map_or(self.at, |token| span(self.file, token.range()));
                Found::syntax("expected ':'", at)
            }
            _ => self.syntax(INVALID),
        }
    }

    fn expected_token(&self, expected: TokenKind, found: TokenKind) -> Found {
        match (expected, found) {
            (TokenKind::Colon, TokenKind::Equal) => self.equality_in_condition(),
            (TokenKind::Colon, TokenKind::Rbrace) => {
                let at = self.token_before(self.at.start).map_or(self.at, |token| span(self.file, token.range()));
                Found::syntax("':' expected after dictionary key", at)
            }
            (TokenKind::Colon, TokenKind::Lpar) if self.line_keyword("lambda") => {
                self.syntax("Lambda expression parameters cannot be parenthesized")
            }
            (TokenKind::Colon, TokenKind::Newline | TokenKind::EndOfFile) => self.syntax("expected ':'"),
            (TokenKind::Colon, _) if self.after(&[TokenKind::Else, TokenKind::Try, TokenKind::Finally]) => {
                self.syntax("expected ':'")
            }
            (TokenKind::Else, _) => self.missing_else(),
            (TokenKind::Rpar, TokenKind::Lpar) if self.in_def() => {
                self.syntax("Function parameters cannot be parenthesized")
            }
            (TokenKind::In, _) => self.syntax(INVALID),
            (TokenKind::Comma, TokenKind::PlusEqual | TokenKind::MinusEqual) => {
                let start = self.statement_start();
                let end = self.token_before(self.at.start).map_or(self.at.start, |token| token.end().into());
                let text = "'tuple' is an illegal expression for augmented assignment";
                Found::syntax(text, self.file.span(start, end))
            }
            (TokenKind::Rbrace, TokenKind::For) => {
                let stars = self.tokens.iter().rev().find(|token| {
                    token.kind() == TokenKind::DoubleStar && u32::from(token.start()) < self.at.start
                });
                match stars {
                    Some(token) => {
                        let at = span(self.file, token.range());
                        Found::syntax("dict unpacking cannot be used in dict comprehension", at)
                    }
                    None => self.invalid(),
                }
            }
            (TokenKind::Lpar, _) if self.line_keyword("def") => self.syntax("expected '('"),
            _ => self.invalid(),
        }
    }

    fn other(&self, text: &str) -> Found {
        if let Some(rest) = text.strip_prefix("Expected an indented block after ") {
            return self.missing_block(rest);
        }
        match text {
            "Expected `except` or `finally` after `try` block" => {
                self.syntax("expected 'except' or 'finally' block")
            }
            "Trailing comma not allowed" if self.line_keyword("from") => {
                let end = self.at.end;
                let text = "trailing comma not allowed without surrounding parentheses";
                Found::syntax(text, self.file.span(end, end))
            }
            "Trailing comma not allowed" => Found::syntax(INVALID, self.file.span(self.at.end, self.at.end)),
            "Expected a parameter name" => match self.file.slice(self.at) {
                name @ ("True" | "False" | "None") => self.syntax(format!("cannot assign to {name}")),
                _ => self.syntax("expression cannot contain assignment, perhaps you meant \"==\"?"),
            },
            "Only one '*' parameter allowed" => self.syntax("* argument may appear only once"),
            "Only one '/' separator allowed" => self.syntax("/ may appear only once"),
            "Only single target (not tuple) can be annotated" => {
                self.syntax("only single target (not tuple) can be annotated")
            }
            "Only single target (not list) can be annotated" => {
                self.syntax("only single target (not list) can be annotated")
            }
            "Bytes literal cannot be mixed with non-bytes literals" => {
                self.syntax("cannot mix bytes and nonbytes literals")
            }
            "Positional patterns cannot follow keyword patterns" => {
                self.syntax("positional patterns follow keyword patterns")
            }
            "multiple starred expressions in sequence pattern" => {
                self.syntax("multiple starred names in sequence pattern")
            }
            "bytes can only contain ASCII literal characters" => self.syntax(text),
            _ => self.invalid(),
        }
    }

    /// `if` without its block: the line is that of the header.
    fn missing_block(&self, after: &str) -> Found {
        let name = after.replace('`', "'");
        let what = match name.as_str() {
            "function definition" => "function definition".to_owned(),
            "'class' definition" => "class definition".to_owned(),
            other => {
                let word = other.split('\'').nth(1).unwrap_or("if");
                format!("'{word}' statement")
            }
        };
        // The header is the logical line before: go back over its line break to its first token.
        let mut first = None;
        for token in self.tokens.iter().rev().filter(|token| u32::from(token.start()) < self.at.start) {
            match token.kind() {
                TokenKind::Newline if first.is_some() => break,
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent => {}
                _ => first = Some(u32::from(token.start())),
            }
        }
        let header = first.unwrap_or(0);
        let line = self.file.line(header);
        let text = self.file.slice(self.file.span(header, self.at.start));
        let star = text.strip_prefix("except").is_some_and(|rest| rest.trim_start().starts_with('*'));
        let what = if star { "'except*' statement".to_owned() } else { what };
        let message = format!("expected an indented block after {what} on line {line}");
        Found { kind: "IndentationError", message, span: self.at }
    }

    fn unexpected_indent(&self) -> Found {
        let line = self.file.line(self.at.start);
        let indent = indentation(self.file.line_text(line));
        let above = (1..line).rev().map(|line| indentation(self.file.line_text(line))).find(|above| !above.is_empty());
        // Tabs of one line against spaces of the other leave the depth to the tab size.
        if let Some(above) = above
            && !indent.starts_with(above)
            && !above.starts_with(indent)
        {
            let message = "inconsistent use of tabs and spaces in indentation".into();
            return Found { kind: "TabError", message, span: self.file.span(self.at.start, self.at.start) };
        }
        let end = self.file.line_start(line) + (indent.len() as u32).max(1) - 1;
        Found { kind: "IndentationError", message: "unexpected indent".into(), span: self.file.span(end, end) }
    }

    /// Two statements on one line; the commonest is a print statement of Python 2.
    fn same_line(&self) -> Found {
        let start = self.statement_start();
        let first = self.token_at(start);
        let word = first.map_or("", |token| self.file.slice(span(self.file, token.range())));
        let second = self.token_before(self.at.start).is_some_and(|token| u32::from(token.start()) == start);
        if matches!(word, "print" | "exec") && second {
            let text = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
            return Found::syntax(text, self.file.span(start, self.at.end));
        }
        self.syntax(INVALID)
    }

    /// `if x = 1:`
    fn equality_in_condition(&self) -> Found {
        let Some(before) = self.token_before(self.at.start) else { return self.syntax(INVALID) };
        let prior = self.token_before(before.start().into()).map(|token| token.kind());
        let at = span(self.file, before.range());
        match (before.kind(), prior) {
            (TokenKind::Name, Some(TokenKind::Dot)) => {
                let start = self.element_start();
                let text = "cannot assign to attribute here. Maybe you meant '==' instead of '='?";
                Found::syntax(text, self.file.span(start, at.end))
            }
            (TokenKind::Name, _) => {
                Found::syntax("invalid syntax. Maybe you meant '==' or ':=' instead of '='?", at)
            }
            (TokenKind::Rsqb, _) => {
                let start = self.element_start();
                let text = "cannot assign to subscript here. Maybe you meant '==' instead of '='?";
                Found::syntax(text, self.file.span(start, at.end))
            }
            (TokenKind::Rpar, _) => {
                let start = self.element_start();
                let text = "cannot assign to function call here. Maybe you meant '==' instead of '='?";
                Found::syntax(text, self.file.span(start, at.end))
            }
            _ => self.syntax(INVALID),
        }
    }

    fn missing_else(&self) -> Found {
        let start = self.element_start();
        let end = self.token_before(self.at.start).map_or(self.at.start, |token| token.end().into());
        Found::syntax("expected 'else' after 'if' expression", self.file.span(start, end))
    }

    /// CPython 3.13: Grammar/python.gram, invalid_expression.
    fn forgotten_comma(&self) -> Option<Found> {
        lexical::unclosed(&self.tokens, self.at.start)?;
        let next = self.token_at(self.at.start)?;
        let starts = matches!(
            next.kind(),
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::FStringStart
                | TokenKind::Lbrace
                | TokenKind::Lambda
                | TokenKind::None
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Ellipsis
        );
        let before = self.token_before(self.at.start)?;
        let ends = matches!(
            before.kind(),
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::FStringEnd
                | TokenKind::Rpar
                | TokenKind::Rsqb
                | TokenKind::Rbrace
                | TokenKind::None
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Ellipsis
        );
        let name_string = before.kind() == TokenKind::Name && next.kind() == TokenKind::String;
        let import = self.line_keyword("import") || self.line_keyword("from") || self.in_def();
        if !starts || !ends || name_string || import {
            return None;
        }
        let start = self.element_start();
        let text = "invalid syntax. Perhaps you forgot a comma?";
        Some(Found::syntax(text, self.file.span(start, next.end().into())))
    }

    /// Where the expression before the error begins: after the bracket, comma or operator that opens it.
    fn element_start(&self) -> u32 {
        let mut depth = 0;
        let mut start = self.at.start;
        for token in self.tokens.iter().rev().filter(|token| u32::from(token.start()) < self.at.start) {
            match token.kind() {
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth += 1,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace if depth == 0 => break,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth -= 1,
                TokenKind::Comma
                | TokenKind::Equal
                | TokenKind::Colon
                | TokenKind::ColonEqual
                | TokenKind::Newline
                | TokenKind::Semi
                | TokenKind::In
                | TokenKind::For
                | TokenKind::Return
                | TokenKind::While
                | TokenKind::Elif
                    if depth == 0 =>
                {
                    break;
                }
                TokenKind::If if depth == 0 && u32::from(token.start()) == self.statement_start() => break,
                _ => {}
            }
            start = token.start().into();
        }
        start
    }

    /// The parenthesis after the error, where CPython puts errors about a whole argument list.
    fn closing(&self) -> Span {
        let after = self.tokens.iter().filter(|token| u32::from(token.start()) >= self.at.end);
        let closing = after.into_iter().find(|token| token.kind() == TokenKind::Rpar);
        closing.map_or(self.at, |token| span(self.file, token.range()))
    }

    fn token_before(&self, offset: u32) -> Option<&Token> {
        self.tokens.iter().rev().find(|token| u32::from(token.end()) <= offset && !token.range().is_empty())
    }

    fn token_at(&self, offset: u32) -> Option<&Token> {
        self.tokens.iter().find(|token| u32::from(token.start()) == offset && !token.range().is_empty())
    }

    fn after(&self, kinds: &[TokenKind]) -> bool {
        self.token_before(self.at.start).is_some_and(|token| kinds.contains(&token.kind()))
    }

    fn at_line_end(&self) -> bool {
        let line = self.file.line(self.at.start);
        let end = self.file.line_start(line) + self.file.line_text(line).trim_end().len() as u32;
        self.at.start >= end
    }

    /// The offset of the first token of the statement around the error.
    fn statement_start(&self) -> u32 {
        let mut start = self.at.start;
        for token in self.tokens.iter().rev().filter(|token| u32::from(token.start()) < self.at.start) {
            match token.kind() {
                TokenKind::Newline | TokenKind::Semi | TokenKind::Indent | TokenKind::Dedent => break,
                _ => start = token.start().into(),
            }
        }
        start
    }

    fn line_keyword(&self, keyword: &str) -> bool {
        let start = self.statement_start();
        let text = self.file.slice(self.file.span(start, self.at.start));
        text.split_whitespace().any(|word| word == keyword)
    }

    fn in_def(&self) -> bool {
        let start = self.statement_start();
        let text = self.file.slice(self.file.span(start, self.at.start));
        text.starts_with("def ") || text.starts_with("async def ")
    }

    fn in_fstring(&self) -> bool {
        let mut depth = 0i32;
        for token in self.tokens.iter().filter(|token| u32::from(token.start()) < self.at.start) {
            match token.kind() {
                TokenKind::FStringStart => depth += 1,
                TokenKind::FStringEnd => depth -= 1,
                _ => {}
            }
        }
        depth > 0
    }
}

fn indentation(line: &str) -> &str {
    let width = line.len() - line.trim_start_matches([' ', '\t']).len();
    if line.trim().is_empty() { "" } else { line.get(..width).unwrap_or("") }
}
