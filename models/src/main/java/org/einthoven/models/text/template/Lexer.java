package org.einthoven.models.text.template;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.models.text.template.Token.Kind;

/** Cuts a template into tokens. */
final class Lexer {
    private static final List<String> LONG_OPERATORS = List.of("==", "!=", "<=", ">=", "//", "**");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    Lexer(String source) {
        this.source = source;
    }

    List<Token> tokens() {
        boolean trimLeft = false; // the tag before ended in "-"
        boolean dropLine = false; // the tag before was a block or a comment
        while (at < source.length()) {
            int open = nextTag();
            String text = source.substring(at, open);
            if (trimLeft) {
                text = text.stripLeading();
            } else if (dropLine && text.startsWith("\n")) {
                text = text.substring(1);
            }
            int from = open - text.length();
            boolean lineBegins = from == 0 || source.charAt(from - 1) == '\n';
            if (open == source.length()) {
                text(text, at);
                break;
            }
            char kind = source.charAt(open + 1);
            boolean minus = open + 2 < source.length() && source.charAt(open + 2) == '-';
            boolean plus = open + 2 < source.length() && source.charAt(open + 2) == '+';
            if (minus) {
                text = text.stripTrailing();
            } else if (kind != '{' && !plus) {
                text = withoutIndent(text, lineBegins);
            }
            text(text, at);
            at = open + (minus || plus ? 3 : 2);
            trimLeft = kind == '#' ? comment(open) : tag(kind, open);
            dropLine = kind != '{';
        }
        tokens.add(new Token(Kind.END, "", source.length()));
        return tokens;
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /** Without the spaces between the last line end and the tag, where there is nothing else. */
    private static String withoutIndent(String text, boolean lineBegins) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
            end--;
        }
        boolean alone = end > 0 ? text.charAt(end - 1) == '\n' : lineBegins;
        return alone ? text.substring(0, end) : text;
    }

    private void text(String text, int from) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.TEXT, text, from));
        }
    }

    private boolean comment(int open) {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw bad(open, "a comment does not end");
        }
        at = end + 2;
        return source.charAt(end - 1) == '-';
    }

    /** Tokens up to the end of the tag; whether it ends in "-". */
    private boolean tag(char kind, int open) {
        tokens.add(new Token(kind == '{' ? Kind.OUTPUT : Kind.TAG, "", open));
        String end = kind == '{' ? "}}" : "%}";
        int depth = 0;
        while (true) {
            while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
                at++;
            }
            if (at >= source.length()) {
                throw bad(open, "a tag does not end");
            }
            boolean minus = source.startsWith("-" + end, at);
            if (depth == 0 && (minus || source.startsWith(end, at))) {
                tokens.add(new Token(Kind.CLOSE, "", at));
                at += minus ? 3 : 2;
                return minus;
            }
            Token t = token();
            depth += t.is(Kind.OPERATOR, "{") ? 1 : t.is(Kind.OPERATOR, "}") ? -1 : 0;
            tokens.add(t);
        }
    }

    private Token token() {
        int from = at;
        char c = source.charAt(at);
        if (Character.isLetter(c) || c == '_') {
            while (at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
                at++;
            }
            return new Token(Kind.NAME, source.substring(from, at), from);
        }
        if (Character.isDigit(c)) {
            while (at < source.length()
                    && (Character.isDigit(source.charAt(at))
                            || source.charAt(at) == '.'
                                    && at + 1 < source.length()
                                    && Character.isDigit(source.charAt(at + 1)))) {
                at++;
            }
            return new Token(Kind.NUMBER, source.substring(from, at), from);
        }
        if (c == '\'' || c == '"') {
            return string(c);
        }
        String operator = LONG_OPERATORS.stream()
                .filter(o -> source.startsWith(o, from))
                .findFirst()
                .orElse(String.valueOf(c));
        if (operator.length() == 1 && "+-*/%~<>=.,:|()[]{}".indexOf(c) < 0) {
            throw bad(from, "the character " + c + " has no meaning here");
        }
        at += operator.length();
        return new Token(Kind.OPERATOR, operator, from);
    }

    private Token string(char quote) {
        int from = at++;
        StringBuilder s = new StringBuilder();
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c == '\\' && at < source.length()) {
                char e = source.charAt(at++);
                s.append(
                        switch (e) {
                            case 'n' -> "\n";
                            case 't' -> "\t";
                            case 'r' -> "\r";
                            case '\\', '\'', '"' -> String.valueOf(e);
                            default -> "\\" + e;
                        });
            } else {
                s.append(c);
            }
        }
        if (at >= source.length()) {
            throw bad(from, "a string does not end");
        }
        at++;
        return new Token(Kind.STRING, s.toString(), from);
    }

    private static TemplateException bad(int at, String problem) {
        return new TemplateException("character " + at + ": " + problem);
    }
}
