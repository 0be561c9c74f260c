/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The C library's <ctype.h> in the C locale. The kernel's classifies Latin-1, which would make patterns and
 * string.upper depend on where a script runs.
 */
#ifndef LUA_CTYPE_H
#define LUA_CTYPE_H

#include <linux/ctype.h>

#undef isalnum
#undef isalpha
#undef iscntrl
#undef isdigit
#undef isgraph
#undef islower
#undef isprint
#undef ispunct
#undef isspace
#undef isupper
#undef isxdigit
#undef tolower
#undef toupper

#define lua_inrange(c, from, to)	((unsigned int)(c) - (from) <= (to) - (from))

#define isdigit(c)	lua_inrange(c, '0', '9')
#define islower(c)	lua_inrange(c, 'a', 'z')
#define isupper(c)	lua_inrange(c, 'A', 'Z')
#define isalpha(c)	lua_inrange((c) | 0x20, 'a', 'z')
#define isgraph(c)	lua_inrange(c, 0x21, 0x7e)
#define isprint(c)	lua_inrange(c, 0x20, 0x7e)
#define isspace(c)	((c) == ' ' || lua_inrange(c, '\t', '\r'))
#define iscntrl(c)	lua_iscntrl(c)
#define isalnum(c)	lua_isalnum(c)
#define ispunct(c)	lua_ispunct(c)
#define isxdigit(c)	lua_isxdigit(c)
#define tolower(c)	lua_tolower(c)
#define toupper(c)	lua_toupper(c)

static inline int lua_iscntrl(int c)
{
	return lua_inrange(c, 0, 0x1f) || c == 0x7f;
}

static inline int lua_isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

static inline int lua_ispunct(int c)
{
	return isgraph(c) && !lua_isalnum(c);
}

static inline int lua_isxdigit(int c)
{
	return isdigit(c) || lua_inrange(c | 0x20, 'a', 'f');
}

static inline int lua_tolower(int c)
{
	return isupper(c) ? c + 'a' - 'A' : c;
}

static inline int lua_toupper(int c)
{
	return islower(c) ? c + 'A' - 'a' : c;
}

#endif
