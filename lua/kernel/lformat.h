/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lformat.h - what Lua needs of snprintf, with the meaning that C gives it.
 *
 * The kernel's snprintf differs in corners that string.format shows (zero flag with precision, precision 0, "%#x" of
 * zero). A format here is some text and, at its end, one conversion, as string.format builds it:
 * %[-+ #0][width][.precision][ll](d|i|u|o|x|X|c|s).
 */
#ifndef lformat_h
#define lformat_h

struct lua_Form {
	int left, plus, space, alt, zero;	/* flags */
	int width;
	int precision;				/* -1: none */
	int islong;
	char conversion;
};

/* A destination of output. It counts the bytes that do not fit, and drops them. */
struct lua_Out {
	char *buffer;
	size_t size;
	size_t used;
};

static void lua_out(struct lua_Out *out, char c, int times)
{
	for (; times > 0; times--, out->used++)
		if (out->used < out->size)
			out->buffer[out->used] = c;
}

static void lua_outstring(struct lua_Out *out, const char *s, int length)
{
	int i;

	for (i = 0; i < length; i++)
		lua_out(out, s[i], 1);
}

static const char *lua_readnumber(const char *f, int *value)
{
	for (*value = 0; *f >= '0' && *f <= '9'; f++)
		*value = *value * 10 + (*f - '0');
	return f;
}

static void lua_readform(struct lua_Form *form, const char *f)
{
	memset(form, 0, sizeof(*form));
	form->precision = -1;
	for (f++; ; f++) {	/* skips '%' */
		if (*f == '-')
			form->left = 1;
		else if (*f == '+')
			form->plus = 1;
		else if (*f == ' ')
			form->space = 1;
		else if (*f == '#')
			form->alt = 1;
		else if (*f == '0')
			form->zero = 1;
		else
			break;
	}
	f = lua_readnumber(f, &form->width);
	if (*f == '.')
		f = lua_readnumber(f + 1, &form->precision);
	for (; *f == 'l'; f++)
		form->islong = 1;
	form->conversion = *f;
}

/* Writes digits backwards from @end; returns where they begin. */
static char *lua_digits(char *end, unsigned long long n, int conversion)
{
	const char *digits = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int base = conversion == 'o' ? 8 : (conversion | 0x20) == 'x' ? 16 : 10;

	for (; n != 0; n /= base)
		*--end = digits[n % base];
	return end;
}

static void lua_outinteger(struct lua_Out *out, struct lua_Form *form, long long n)
{
	char buffer[24], prefix[3] = "";
	int isdecimal = form->conversion == 'd' || form->conversion == 'i';
	char *end = buffer + sizeof(buffer);
	int length, zeros, pad;
	char *s;

	s = lua_digits(end, isdecimal && n < 0 ? 0ULL - n : (unsigned long long)n, form->conversion);
	length = end - s;
	if (isdecimal)
		prefix[0] = n < 0 ? '-' : form->plus ? '+' : form->space ? ' ' : '\0';
	else if (form->alt && (form->conversion | 0x20) == 'x' && n != 0)
		prefix[0] = '0', prefix[1] = form->conversion;
	zeros = (form->precision < 0 ? 1 : form->precision) - length;
	if (form->alt && form->conversion == 'o' && zeros <= 0)
		zeros = 1;
	if (zeros < 0)
		zeros = 0;
	pad = form->width - (int)strlen(prefix) - zeros - length;
	if (form->zero && !form->left && form->precision < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!form->left)
		lua_out(out, ' ', pad);
	lua_outstring(out, prefix, strlen(prefix));
	lua_out(out, '0', zeros);
	lua_outstring(out, s, length);
	if (form->left)
		lua_out(out, ' ', pad);
}

static void lua_outpadded(struct lua_Out *out, struct lua_Form *form, const char *s, int length)
{
	if (!form->left)
		lua_out(out, ' ', form->width - length);
	lua_outstring(out, s, length);
	if (form->left)
		lua_out(out, ' ', form->width - length);
}

/* The address as the kernel shows it: hashed. */
static int lua_formatpointer(char *buffer, size_t size, const void *p)
{
	return snprintf(buffer, size, "%p", p);
}

static int lua_formatinteger(char *buffer, size_t size, long long n)
{
	char digits[24];
	char *end = digits + sizeof(digits);
	char *s = lua_digits(end, n < 0 ? 0ULL - n : (unsigned long long)n, 'd');
	size_t length;

	if (s == end)
		*--s = '0';
	if (n < 0)
		*--s = '-';
	length = end - s;
	if (length < size)
		memcpy(buffer, s, length);
	return length;
}

/* As snprintf with one conversion; returns the length without the terminating zero. */
static int lua_format(char *buffer, size_t size, const char *format, ...)
{
	struct lua_Out out = { buffer, size, 0 };
	struct lua_Form form;
	const char *s;
	long long n;
	va_list args;
	char text[24];
	int length;

	for (; *format != '%'; format++)
		lua_out(&out, *format, 1);
	lua_readform(&form, format);
	va_start(args, format);
	switch (form.conversion) {
	case 'c':
		text[0] = va_arg(args, int);
		lua_outpadded(&out, &form, text, 1);
		break;
	case 's':
		s = va_arg(args, const char *);
		length = strlen(s);
		if (form.precision >= 0 && form.precision < length)
			length = form.precision;
		lua_outpadded(&out, &form, s, length);
		break;
	default:
		n = form.islong ? va_arg(args, long long) : va_arg(args, int);
		lua_outinteger(&out, &form, n);
		break;
	}
	va_end(args);
	if (size > 0)
		buffer[out.used < size ? out.used : size - 1] = '\0';
	return out.used;
}

#endif
