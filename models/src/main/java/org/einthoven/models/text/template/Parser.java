package org.einthoven.models.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.models.text.template.Token.Kind;

/** Builds statements and expressions from tokens; each level of binding strength is a method, the weakest first. */
final class Parser {
    private static final int MOST_DEPTH = 100;
    private static final Set<String> ENDS = Set.of("elif", "else", "endif", "endfor");
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final List<Token> tokens;
    private int at;
    private int depth;

    Parser(List<Token> tokens) {
        this.tokens = tokens;
    }

    List<Statement> template() {
        List<Statement> body = body();
        if (next().kind() != Kind.END) {
            throw bad("{% " + peek(1).text() + " %} ends nothing");
        }
        return body;
    }

    // ---------------------------------------------------------------- statements

    /** Statements up to a tag that ends them. */
    private List<Statement> body() {
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token t = next();
            switch (t.kind()) {
                case TEXT -> {
                    body.add(new Statement.Text(t.text()));
                    at++;
                }
                case OUTPUT -> {
                    at++;
                    body.add(new Statement.Output(expression()));
                    close();
                }
                case TAG -> {
                    if (ENDS.contains(peek(1).text())) {
                        return body;
                    }
                    body.add(tag(peek(1).text()));
                }
                default -> {
                    return body;
                }
            }
        }
    }

    private Statement tag(String name) {
        switch (name) {
            case "if" -> {
                return deeper(this::branches);
            }
            case "for" -> {
                return deeper(this::loop);
            }
            case "set" -> {
                at += 2;
                return assignment();
            }
            case "break", "continue" -> {
                at += 2;
                close();
                return new Statement.Leave(name.equals("break") ? Statement.End.BREAK : Statement.End.CONTINUE);
            }
            case "generation", "endgeneration" -> { // marks what is trained on, and writes nothing
                at += 2;
                close();
                return new Statement.Text("");
            }
            default -> throw bad("{% " + name + " %} is not built");
        }
    }

    private Statement branches() {
        List<Statement.Branch> branches = new ArrayList<>();
        String kind = "if";
        while (!kind.equals("endif")) {
            at += 2;
            Expression condition = kind.equals("else") ? Expression.TRUE : expression();
            close();
            branches.add(new Statement.Branch(condition, body()));
            String following = next().kind() == Kind.TAG ? peek(1).text() : "";
            boolean fits = following.equals("endif")
                    || !kind.equals("else") && (following.equals("elif") || following.equals("else"));
            if (!fits) {
                throw bad("{% if %} does not end");
            }
            kind = following;
        }
        at += 2;
        close();
        return new Statement.If(branches);
    }

    private Statement loop() {
        at += 2;
        List<String> names = new ArrayList<>(List.of(name()));
        while (accept(",")) {
            names.add(name());
        }
        expect("in");
        Expression items = or();
        Expression condition = accept("if") ? expression() : null;
        close();
        List<Statement> body = body();
        List<Statement> otherwise = List.of();
        if (isTag("else")) {
            at += 2;
            close();
            otherwise = body();
        }
        if (!isTag("endfor")) {
            throw bad("{% for %} does not end");
        }
        at += 2;
        close();
        return new Statement.For(names, items, condition, body, otherwise);
    }

    private Statement assignment() {
        String name = name();
        String attribute = accept(".") ? name() : null;
        expect("=");
        Expression value = expression();
        close();
        return new Statement.Set(name, attribute, value);
    }

    // ---------------------------------------------------------------- expressions

    private Expression expression() {
        return deeper(() -> {
            Expression then = or();
            if (!accept("if")) {
                return then;
            }
            Expression condition = or();
            return new Expression.Choice(condition, then, accept("else") ? expression() : Expression.UNDEFINED);
        });
    }

    private Expression or() {
        Expression left = and();
        while (accept("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (accept("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        return accept("not") ? new Expression.Not(deeper(this::not)) : comparison();
    }

    private Expression comparison() {
        Expression left = sum();
        while (true) {
            Token t = next();
            if (t.kind() == Kind.OPERATOR && COMPARISONS.contains(t.text())) {
                at++;
                left = new Expression.Binary(t.text(), left, sum());
            } else if (accept("in")) {
                left = new Expression.Binary("in", left, sum());
            } else if (t.is(Kind.NAME, "not") && peek(1).is(Kind.NAME, "in")) {
                at += 2;
                left = new Expression.Not(new Expression.Binary("in", left, sum()));
            } else {
                return left;
            }
        }
    }

    private Expression sum() {
        Expression left = joined();
        while (isOperator("+") || isOperator("-")) {
            String operator = tokens.get(at++).text();
            left = new Expression.Binary(operator, left, joined());
        }
        return left;
    }

    private Expression joined() {
        Expression left = product();
        while (accept("~")) {
            left = new Expression.Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (isOperator("*") || isOperator("/") || isOperator("//") || isOperator("%")) {
            String operator = tokens.get(at++).text();
            left = new Expression.Binary(operator, left, unary());
        }
        return left;
    }

    private Expression unary() {
        return accept("-") ? new Expression.Negative(deeper(this::unary)) : filtered(members(primary()));
    }

    private Expression filtered(Expression of) {
        Expression x = of;
        while (true) {
            if (accept("|")) {
                String filter = name();
                List<Expression> arguments = new ArrayList<>();
                Map<String, Expression> named = new LinkedHashMap<>();
                if (accept("(")) {
                    arguments(arguments, named);
                }
                x = new Expression.Filter(x, filter, arguments, named);
            } else if (accept("is")) {
                boolean not = accept("not");
                String test = name();
                List<Expression> arguments = new ArrayList<>();
                if (accept("(")) {
                    arguments(arguments, new LinkedHashMap<>());
                } else if (Set.of("eq", "equalto", "in", "divisibleby").contains(test)) {
                    arguments.add(members(primary()));
                }
                x = new Expression.Test(x, test, arguments, not);
            } else {
                return x;
            }
        }
    }

    /** {@code .name}, {@code [key]}, {@code [from:to]} and calls behind a value. */
    private Expression members(Expression of) {
        Expression x = of;
        while (true) {
            if (accept(".")) {
                String member =
                        tokens.get(at).kind() == Kind.NUMBER ? tokens.get(at++).text() : name();
                x = accept("(")
                        ? new Expression.Method(x, member, arguments(new ArrayList<>(), new LinkedHashMap<>()))
                        : new Expression.Member(x, new Expression.Literal(member));
            } else if (accept("[")) {
                x = indexed(x);
            } else if (isOperator("(") && x instanceof Expression.Variable(String function)) {
                at++;
                Map<String, Expression> named = new LinkedHashMap<>();
                x = new Expression.Call(function, arguments(new ArrayList<>(), named), named);
            } else {
                return x;
            }
        }
    }

    private Expression indexed(Expression x) {
        Expression from = isOperator(":") ? Expression.NONE : expression();
        if (accept("]")) {
            return new Expression.Member(x, from);
        }
        expect(":");
        Expression to = isOperator("]") || isOperator(":") ? Expression.NONE : expression();
        Expression step = accept(":") && !isOperator("]") ? expression() : Expression.NONE;
        expect("]");
        return new Expression.Slice(x, from, to, step);
    }

    /** Behind the opening bracket; to the closing one. */
    private List<Expression> arguments(List<Expression> arguments, Map<String, Expression> named) {
        while (!accept(")")) {
            if (next().kind() == Kind.NAME && peek(1).is(Kind.OPERATOR, "=")) {
                String name = name();
                expect("=");
                named.put(name, expression());
            } else {
                arguments.add(expression());
            }
            if (!isOperator(")")) {
                expect(",");
            }
        }
        return arguments;
    }

    private Expression primary() {
        Token t = next();
        at++;
        return switch (t.kind()) {
            case STRING -> {
                StringBuilder s = new StringBuilder(t.text());
                while (next().kind() == Kind.STRING) {
                    s.append(tokens.get(at++).text());
                }
                yield new Expression.Literal(s.toString());
            }
            case NUMBER -> number(t);
            case NAME ->
                switch (t.text()) {
                    case "true", "True" -> new Expression.Literal(true);
                    case "false", "False" -> new Expression.Literal(false);
                    case "none", "None" -> Expression.NONE;
                    default -> new Expression.Variable(t.text());
                };
            case OPERATOR ->
                switch (t.text()) {
                    case "(" -> inBrackets();
                    case "[" -> new Expression.ListOf(items("]", new ArrayList<>()));
                    case "{" -> map();
                    default -> throw bad("a value is expected, not " + t.text());
                };
            default -> throw bad("a value is expected");
        };
    }

    private Expression number(Token t) {
        boolean fraction = t.text().contains(".");
        if (t.text().length() > 18 || !t.text().matches("[0-9]+(\\.[0-9]+)?")) {
            throw bad("the number " + t.text() + " is not read");
        }
        return fraction
                ? new Expression.Literal(Double.parseDouble(t.text()))
                : new Expression.Literal(Long.parseLong(t.text()));
    }

    /** A value in brackets, or several: a list. */
    private Expression inBrackets() {
        if (accept(")")) {
            return new Expression.ListOf(List.of());
        }
        Expression first = expression();
        if (accept(")")) {
            return first;
        }
        expect(",");
        return new Expression.ListOf(items(")", new ArrayList<>(List.of(first))));
    }

    private List<Expression> items(String end, List<Expression> items) {
        while (!accept(end)) {
            items.add(expression());
            if (!isOperator(end)) {
                expect(",");
            }
        }
        return items;
    }

    private Expression map() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!accept("}")) {
            keys.add(expression());
            expect(":");
            values.add(expression());
            if (!isOperator("}")) {
                expect(",");
            }
        }
        return new Expression.MapOf(keys, values);
    }

    // ---------------------------------------------------------------- tokens

    private interface Part<T> {
        T parse();
    }

    private <T> T deeper(Part<T> part) {
        if (++depth > MOST_DEPTH) {
            throw bad("is nested deeper than " + MOST_DEPTH);
        }
        T result = part.parse();
        depth--;
        return result;
    }

    private Token next() {
        return tokens.get(Math.min(at, tokens.size() - 1));
    }

    private Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    private boolean isOperator(String text) {
        return next().is(Kind.OPERATOR, text);
    }

    private boolean isTag(String name) {
        return next().kind() == Kind.TAG && peek(1).is(Kind.NAME, name);
    }

    private boolean accept(String text) {
        boolean there = isOperator(text) || next().is(Kind.NAME, text);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String text) {
        if (!accept(text)) {
            throw bad("\"" + text + "\" is expected, not \"" + next().text() + "\"");
        }
    }

    private String name() {
        if (next().kind() != Kind.NAME) {
            throw bad("a name is expected, not \"" + next().text() + "\"");
        }
        return tokens.get(at++).text();
    }

    private void close() {
        if (next().kind() != Kind.CLOSE) {
            throw bad("the end of the tag is expected, not \"" + next().text() + "\"");
        }
        at++;
    }

    private TemplateException bad(String problem) {
        return new TemplateException("character " + next().at() + ": " + problem);
    }
}
