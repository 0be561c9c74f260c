/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * generate.h - random programs, one statement a line: a function of a packet and an integer, with upvalues
 */
#define MOST_LINES	240
#define SPARE_LINES	60	/* to end what is open */
#define LINE		400

struct source {
	char line[MOST_LINES][LINE];
	int n;
};

struct generator {
	unsigned long long random;
	struct source *source;
	int depth;
	int loops;		/* around the statement */
	int locals;
	int labels;
	int calm;		/* integers only, so that native code is left less often */
};

static unsigned int choose(struct generator *g, unsigned int n)
{
	g->random ^= g->random << 13;
	g->random ^= g->random >> 7;
	g->random ^= g->random << 17;
	return (g->random >> 11) % n;
}

static const char *const integers[] = {
	"0", "1", "2", "3", "7", "8", "9", "10", "16", "63", "64", "65", "127", "128", "255", "256", "1000", "65535", "65536",
	"100000", "0x7fffffff", "0x80000000", "0xffffffff", "0x100000000", "0x7fffffffffffffff", "0x8000000000000000",
	"0xffffffffffffffff", "0x7ffffffffffffffe", "-1", "-2", "-3", "-7", "-63", "-64", "-65", "-128", "-129",
};

static const char *const operators[] = {
	"+", "-", "*", "//", "%", "/", "&", "|", "~", "<<", ">>", "+", "-", "&", "+",
};

static const char *const comparisons[] = { "==", "~=", "<", "<=", ">", ">=" };

static const char *const getters[] = { "u8", "s8", "u16", "s16", "u32", "s32", "i64", "plain" };

#define pick(g, list)	((list)[choose(g, sizeof(list) / sizeof((list)[0]))])

static void put(char *to, const char *format, ...)
{
	size_t used = strlen(to);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(to + used, LINE - used, format, arguments);
	va_end(arguments);
}

static void variable(struct generator *g, char *to)
{
	switch (choose(g, 8)) {
	case 0:
		put(to, "q");
		break;
	case 1:
		put(to, "u%u", choose(g, g->calm ? 3 : 4));
		break;
	case 2:
		put(to, "t.x");
		break;
	case 3:
		put(to, "t[%u]", 1 + choose(g, g->calm ? 3 : 4));
		break;
	default:
		put(to, "v%u", choose(g, g->locals));
		break;
	}
}

static void some_expression(struct generator *g, char *to, int depth);

static void odd(struct generator *g, char *to)
{
	static const char *const values[] = { "nil", "true", "false", "'a'", "'12'", "t", "p", "t.none", "G", "#t", "f0" };

	if (!choose(g, 4))
		put(to, "h(v%u)", choose(g, g->locals));
	else
		put(to, "%s", pick(g, values));
}

static void comparison(struct generator *g, char *to, int depth)
{
	put(to, "(");
	some_expression(g, to, depth);
	put(to, " %s ", pick(g, comparisons));
	if (choose(g, 2))
		put(to, "%s", pick(g, integers));
	else
		some_expression(g, to, depth);
	put(to, ")");
}

static void some_condition(struct generator *g, char *to, int depth)
{
	switch (choose(g, 8)) {
	case 0:
		put(to, "not ");
		some_condition(g, to, depth);
		break;
	case 1:
		variable(g, to);
		break;
	case 2:
		put(to, "(");
		some_condition(g, to, depth);
		put(to, " and ");
		some_condition(g, to, depth);
		put(to, ")");
		break;
	case 3:
		variable(g, to);
		put(to, " == %s", choose(g, 2) ? "nil" : choose(g, 2) ? "'a'" : "false");
		break;
	default:
		comparison(g, to, depth);
		break;
	}
}

static void binary(struct generator *g, char *to, int depth)
{
	const char *operator = pick(g, operators);

	put(to, "(");
	some_expression(g, to, depth);
	put(to, " %s ", operator);
	if (g->calm && (strchr("/%", *operator) || !strcmp(operator, "<<") || !strcmp(operator, ">>"))) {
		put(to, "%u)", 1 + choose(g, 70));
		return;
	}
	if (choose(g, 3))
		put(to, "%s", pick(g, integers));
	else
		some_expression(g, to, depth);
	put(to, ")");
}

static void some_expression(struct generator *g, char *to, int depth)
{
	unsigned int kind = choose(g, g->calm ? 34 : 40);

	if (depth <= 0 || kind < 8) {
		if (choose(g, 3))
			variable(g, to);
		else
			put(to, "%s", pick(g, integers));
	} else if (kind < 26) {
		binary(g, to, depth - 1);
	} else if (kind < 28) {
		put(to, "%s", choose(g, 2) ? "-" : "~");
		variable(g, to);
	} else if (kind < 31) {
		put(to, "p:%s(%u)", pick(g, getters), choose(g, 14));
	} else if (kind < 34) {
		put(to, "p:%s(", pick(g, getters));
		some_expression(g, to, depth - 1);
		put(to, " & 15)");
	} else if (kind < 35) {
		comparison(g, to, depth - 1);
	} else if (kind < 38) {
		put(to, "(");
		some_condition(g, to, 0);
		put(to, " and ");
		some_expression(g, to, depth - 1);
		put(to, " or ");
		some_expression(g, to, depth - 1);
		put(to, ")");
	} else if (choose(g, 3)) {
		variable(g, to);
	} else {
		odd(g, to);
	}
}

static char *newline(struct generator *g)
{
	if (g->source->n >= MOST_LINES)
		abort();
	g->source->line[g->source->n][0] = '\0';
	return g->source->line[g->source->n++];
}

static void some_block(struct generator *g);

static void assignment(struct generator *g)
{
	char *to = newline(g);

	variable(g, to);
	put(to, " = ");
	some_expression(g, to, 2);
}

static void branch(struct generator *g)
{
	char *to = newline(g);

	put(to, "if ");
	some_condition(g, to, 1);
	put(to, " then");
	some_block(g);
	if (choose(g, 2)) {
		put(newline(g), "else");
		some_block(g);
	}
	put(newline(g), "end");
}

static void counted(struct generator *g)
{
	static const char *const steps[] = { "", "", "", ", 1", ", 2", ", 3", ", -1", ", -2", ", 100000", ", -4611686018427387904",
		", 0x7fffffffffffffff", ", v1", ", 0", ", 4096" };
	char *to = newline(g);

	put(to, "for v3 = ");
	if (choose(g, 3))
		put(to, "%d, %d%s do", (int)choose(g, 12) - 4, (int)choose(g, 16) - 4, pick(g, steps));
	else {
		some_expression(g, to, 1);
		put(to, ", ");
		some_expression(g, to, 1);
		put(to, "%s do", pick(g, steps));
	}
	g->loops++;
	some_block(g);
	g->loops--;
	put(newline(g), "end");
}

static void loop(struct generator *g)
{
	int label = g->labels++, form = choose(g, 3);
	char *to;

	put(newline(g), "n = n + 1");
	if (form == 0) {
		to = newline(g);
		put(to, "while n < %u and ", 3 + choose(g, 9));
		some_condition(g, to, 1);
		put(to, " do");
	} else {
		put(newline(g), form == 1 ? "repeat" : "do ::l%d::", label);
	}
	put(newline(g), "n = n + 1");
	g->loops++;
	if (form != 2)
		some_block(g);
	else
		assignment(g);
	g->loops--;
	to = newline(g);
	if (form == 0) {
		put(to, "end");
	} else if (form == 1) {
		put(to, "until n > %u or ", 5 + choose(g, 9));
		some_condition(g, to, 1);
	} else {
		put(to, "if n < %u then goto l%d end end", 3 + choose(g, 9), label);
	}
}

static void store(struct generator *g)
{
	static const char *const setters[] = { "w8", "w16", "w32" };
	char *to = newline(g);

	put(to, "p:%s(%u, ", pick(g, setters), choose(g, 12));
	some_expression(g, to, 1);
	put(to, ")");
}

static void leave(struct generator *g)
{
	char *to = newline(g);

	put(to, "do return");
	if (choose(g, 8)) {
		put(to, " ");
		if (g->calm || choose(g, 6))
			some_expression(g, to, 2);
		else
			odd(g, to);
		if (!g->calm && !choose(g, 6))
			put(to, ", v0");
	}
	put(to, " end");
}

static void some_statement(struct generator *g)
{
	unsigned int kind = choose(g, 30);

	if (g->depth <= 0 || kind < 15 || g->source->n >= MOST_LINES - SPARE_LINES) {
		assignment(g);
		return;
	}
	g->depth--;
	if (kind < 20)
		branch(g);
	else if (kind < 23)
		counted(g);
	else if (kind < 25)
		loop(g);
	else if (kind < 27)
		store(g);
	else if (kind < 28 && g->loops)
		put(newline(g), "if v0 == %s then break end", pick(g, integers));
	else if (kind < 29 && !g->calm)
		put(newline(g), "v%u = nil", choose(g, g->locals));
	else
		leave(g);
	g->depth++;
}

static void some_block(struct generator *g)
{
	int i, n = 1 + choose(g, 3);

	for (i = 0; i < n; i++)
		some_statement(g);
}

static void generate(struct source *source, unsigned long long seed)
{
	struct generator g = { .random = seed * 0x9e3779b97f4a7c15ull + 0x1234567, .source = source, .depth = 3, .locals = 4,
		.calm = seed % 2 };
	int i, n;

	source->n = 0;
	put(newline(&g), "local u0, u1, u2, u3 = %s, %s, 5, %s", pick(&g, integers), pick(&g, integers),
	    choose(&g, 4) ? "6" : "nil");
	put(newline(&g), "local t = { x = %s, 11, 22, 33 }", g.calm || choose(&g, 6) ? "44" : "'s'");
	put(newline(&g), "local f0 = function() end");
	put(newline(&g), "local function h(a) u2 = u2 + 1 return a end");
	put(newline(&g), "G = 77");
	put(newline(&g), "local function f(p, q)");
	put(newline(&g), "local v0, v1, v2, v3, n = q, %s, 3, %s, 0", pick(&g, integers), g.calm || choose(&g, 3) ? "4" : "nil");
	n = 3 + choose(&g, 8);
	for (i = 0; i < n; i++)
		some_statement(&g);
	put(newline(&g), "return %s", choose(&g, 4) ? "v0" : "u0");
	put(newline(&g), "end");
	put(newline(&g), "return f, function() return u0, u1, u2, u3, t.x, t[1], t[2], t[3], t[4], G end");
}
