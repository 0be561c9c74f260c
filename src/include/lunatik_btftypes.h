/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik_btftypes.h - the types that BTF describes: for the kernel and for tests alike
 *
 * Nothing in the bytes is trusted. btftypes_open() checks that each type lies in them. The functions check each id, each
 * name and each count when they meet it, and a chain of types ends after so many steps.
 *
 * Includes nothing: u8, u32, u64, bool and memcmp() come from the includer.
 */
#ifndef LUNATIK_BTFTYPES_H
#define LUNATIK_BTFTYPES_H

#define BTFTYPES_MAGIC		0xeb9f
#define BTFTYPES_VERSION	1
#define BTFTYPES_CHAIN		32	/* typedefs, qualifiers and dimensions on the way to a type */
#define BTFTYPES_DEPTH		8	/* anonymous structures in each other */
#define BTFTYPES_VISITS		(1 << 17)	/* members looked at for one name */
#define BTFTYPES_HOPS		11	/* pointers on a path */
#define BTFTYPES_FAR		0x7fffffff	/* most bytes between a pointer and a field */
#define BTFTYPES_STRAY		0x60ff0000	/* bits of a type that mean nothing yet */

enum btftypes_kind {
	BTFTYPES_VOID,
	BTFTYPES_INT,
	BTFTYPES_PTR,
	BTFTYPES_ARRAY,
	BTFTYPES_STRUCT,
	BTFTYPES_UNION,
	BTFTYPES_ENUM,
	BTFTYPES_FWD,
	BTFTYPES_TYPEDEF,
	BTFTYPES_VOLATILE,
	BTFTYPES_CONST,
	BTFTYPES_RESTRICT,
	BTFTYPES_FUNC,
	BTFTYPES_PROTO,
	BTFTYPES_VAR,
	BTFTYPES_DATASEC,
	BTFTYPES_FLOAT,
	BTFTYPES_DECL_TAG,
	BTFTYPES_TYPE_TAG,
	BTFTYPES_ENUM64,
	BTFTYPES_KINDS,
};

#define BTFTYPES_IS(kind)	(1U << (kind))

/* Encoding of an integer. */
#define BTFTYPES_SIGNED		1
#define BTFTYPES_BOOL		4

/* The form of the bytes, which <linux/btf.h> describes. */
struct btftypes_header {
	unsigned short magic;
	u8 version;
	u8 flags;
	u32 header_size;
	u32 types_at;
	u32 types_size;
	u32 strings_at;
	u32 strings_size;
};

struct btftypes_type {
	u32 name;
	u32 info;
	u32 value;	/* size, or type */
};

struct btftypes_array {
	u32 type;
	u32 index;
	u32 count;
};

/* Of structures: name, type, offset. Enumerations and prototypes have the first two words only. */
struct btftypes_member {
	u32 name;
	u32 type;
	u32 offset;
};

struct btftypes_pair {
	u32 name;
	u32 value;
};

/**
 * struct btftypes - the types of one BTF
 * @base: whose types and strings have the first numbers, or NULL
 * @data: types, aligned to 4 bytes
 * @size: of @data
 * @strings: names; the last byte is zero
 * @strings_size: at least 1
 * @first: number of the first type
 * @count: less than this is each number
 * @index: where each type begins in @data, for btftypes_get(); allocated by the caller
 */
struct btftypes {
	const struct btftypes *base;
	const u8 *data;
	u32 size;
	const char *strings;
	u32 strings_size;
	u32 first;
	u32 count;
	u32 *index;
};

/**
 * struct btftypes_place - where a member lies
 * @type: as it is declared
 * @bits: from the beginning of the structure
 * @width: of a bit field, otherwise 0
 */
struct btftypes_place {
	u32 type;
	u64 bits;
	u32 width;
};

static inline u32 btftypes_kindof(const struct btftypes_type *type)
{
	return type ? type->info >> 24 & 0x1f : BTFTYPES_VOID;
}

static inline bool btftypes_is(const struct btftypes_type *type, u32 kinds)
{
	return BTFTYPES_IS(btftypes_kindof(type)) & kinds;
}

static inline u32 btftypes_length(const struct btftypes_type *type)
{
	return type->info & 0xffff;
}

static inline bool btftypes_flag(const struct btftypes_type *type)
{
	return type->info >> 31;
}

/* Bytes behind a type of this kind: so many once, and so many for each of its members. */
static const u8 btftypes_once[BTFTYPES_KINDS] = {
	[BTFTYPES_INT] = 4,
	[BTFTYPES_ARRAY] = 12,
	[BTFTYPES_VAR] = 4,
	[BTFTYPES_DECL_TAG] = 4,
};

static const u8 btftypes_each[BTFTYPES_KINDS] = {
	[BTFTYPES_STRUCT] = 12,
	[BTFTYPES_UNION] = 12,
	[BTFTYPES_ENUM] = 8,
	[BTFTYPES_PROTO] = 8,
	[BTFTYPES_DATASEC] = 12,
	[BTFTYPES_ENUM64] = 12,
};

/* ---- reading ------------------------------------------------------------------ */

/*
 * Find the parts of @size bytes at @bytes, which are aligned to 4.
 * Return: NULL, or what is wrong
 */
static inline const char *btftypes_parts(struct btftypes *types, const u8 *bytes,
					 u32 size)
{
	const struct btftypes_header *header = (const void *)bytes;
	u32 left;

	if (size < sizeof(*header) || header->magic != BTFTYPES_MAGIC)
		return "no BTF";
	if (header->version != BTFTYPES_VERSION)
		return "BTF of a newer version";
	if (header->header_size < sizeof(*header) || header->header_size > size)
		return "a header that is too long";
	left = size - header->header_size;
	if (header->types_at > left || header->types_size > left - header->types_at ||
	    (header->header_size + header->types_at) % 4)
		return "types beyond the end";
	if (header->strings_at > left || header->strings_size > left - header->strings_at)
		return "names beyond the end";
	types->data = bytes + header->header_size + header->types_at;
	types->size = header->types_size;
	types->strings = (const char *)bytes + header->header_size + header->strings_at;
	types->strings_size = header->strings_size;
	if (!types->strings_size || types->strings[types->strings_size - 1])
		return "names without an end";
	return NULL;
}

/*
 * Visit all types, count them, and write their places into the index, if there is one.
 * Return: NULL, or what is wrong
 */
static inline const char *btftypes_walk(struct btftypes *types)
{
	const struct btftypes_type *type;
	u32 at = 0, kind, size;

	types->count = types->first;
	while (at < types->size) {
		if (types->size - at < sizeof(*type))
			return "a type beyond the end";
		type = (const void *)(types->data + at);
		kind = btftypes_kindof(type);
		if (kind == BTFTYPES_VOID || kind >= BTFTYPES_KINDS ||
		    type->info & BTFTYPES_STRAY)
			return "a type of a kind that is newer";
		size = sizeof(*type) + btftypes_once[kind] +
		       btftypes_each[kind] * btftypes_length(type);
		if (types->size - at < size)
			return "a type beyond the end";
		if (types->index)
			types->index[types->count - types->first] = at;
		types->count++;
		at += size;
	}
	return NULL;
}

/**
 * btftypes_open() - check BTF, and count its types
 * @types: filled in, but for the index, for which the caller then allocates
 *	@count - @first numbers, and calls btftypes_walk()
 * @bytes: of the section, aligned to 4; stay there
 * @size: of them
 * @base: of a module: the types of the kernel; otherwise NULL
 *
 * Return: NULL, or what is wrong
 */
static inline const char *btftypes_open(struct btftypes *types, const void *bytes,
					u32 size, const struct btftypes *base)
{
	const char *problem;

	types->base = base;
	types->index = NULL;
	types->first = base ? base->count : 1;
	problem = btftypes_parts(types, bytes, size);
	return problem ? problem : btftypes_walk(types);
}

/* A type by its number. Return: NULL for void, and for a number that is wrong */
static inline const struct btftypes_type *btftypes_get(const struct btftypes *types,
						       u32 id)
{
	if (types->base && id < types->first)
		types = types->base;
	if (id < types->first || id >= types->count)
		return NULL;
	return (const void *)(types->data + types->index[id - types->first]);
}

static inline const void *btftypes_behind(const struct btftypes_type *type)
{
	return type + 1;
}

/* Return: a name, "" for none and for a wrong one */
static inline const char *btftypes_name(const struct btftypes *types, u32 name)
{
	if (types->base) {
		if (name < types->base->strings_size)
			return types->base->strings + name;
		name -= types->base->strings_size;
	}
	return name < types->strings_size ? types->strings + name : "";
}

/* Whether a name is the @size bytes at @text. */
static inline bool btftypes_isnamed(const struct btftypes *types, u32 name,
				    const char *text, size_t size)
{
	const char *candidate = btftypes_name(types, name);
	size_t i;

	for (i = 0; i < size; i++) {
		if (!candidate[i] || candidate[i] != text[i])
			return false;
	}
	return !candidate[size];
}

/*
 * Find a type of one of some kinds by its name: the types of a module before those of the kernel.
 * Return: its number, or 0
 */
static inline u32 btftypes_find(const struct btftypes *types, const char *name,
				size_t size, u32 kinds)
{
	const struct btftypes_type *type;
	u32 id;

	for (id = types->first; id < types->count; id++) {
		type = btftypes_get(types, id);
		if (btftypes_is(type, kinds) &&
		    btftypes_isnamed(types, type->name, name, size))
			return id;
	}
	return types->base ? btftypes_find(types->base, name, size, kinds) : 0;
}

/* ---- types -------------------------------------------------------------------- */

/* Follow typedefs and qualifiers. Return: false for a chain without an end, and a wrong number */
static inline bool btftypes_strip(const struct btftypes *types, u32 *id)
{
	const u32 around = BTFTYPES_IS(BTFTYPES_TYPEDEF) | BTFTYPES_IS(BTFTYPES_VOLATILE) |
			   BTFTYPES_IS(BTFTYPES_CONST) | BTFTYPES_IS(BTFTYPES_RESTRICT) |
			   BTFTYPES_IS(BTFTYPES_TYPE_TAG);
	const struct btftypes_type *type;
	int steps;

	for (steps = 0; steps < BTFTYPES_CHAIN; steps++) {
		type = btftypes_get(types, *id);
		if (!type)
			return !*id;
		if (!btftypes_is(type, around))
			return true;
		*id = type->value;
	}
	return false;
}

/* Bytes of a type. Return: false for one without a size, or of 4 GiB and more */
static inline bool btftypes_sizeof(const struct btftypes *types, u32 id, u32 *size)
{
	const u32 sized = BTFTYPES_IS(BTFTYPES_INT) | BTFTYPES_IS(BTFTYPES_STRUCT) |
			  BTFTYPES_IS(BTFTYPES_UNION) | BTFTYPES_IS(BTFTYPES_ENUM) |
			  BTFTYPES_IS(BTFTYPES_ENUM64) | BTFTYPES_IS(BTFTYPES_FLOAT);
	const struct btftypes_array *array;
	const struct btftypes_type *type;
	u64 times = 1;
	int steps;

	for (steps = 0; steps < BTFTYPES_CHAIN && btftypes_strip(types, &id); steps++) {
		type = btftypes_get(types, id);
		if (btftypes_is(type, sized) || btftypes_kindof(type) == BTFTYPES_PTR) {
			times *= btftypes_is(type, sized) ? type->value : sizeof(void *);
			*size = times;
			return times <= 0xffffffff;
		}
		if (btftypes_kindof(type) != BTFTYPES_ARRAY)
			return false;
		array = btftypes_behind(type);
		times *= array->count;
		if (times > 0xffffffff)
			return false;
		id = array->type;
	}
	return false;
}

/* Complete a place that is a bit field of the old form, where the integer has offset and width. */
static inline void btftypes_oldfield(const struct btftypes *types,
				     struct btftypes_place *place)
{
	const struct btftypes_type *type;
	u32 id = place->type, encoding;

	if (!btftypes_strip(types, &id))
		return;
	type = btftypes_get(types, id);
	if (btftypes_kindof(type) != BTFTYPES_INT)
		return;
	encoding = *(const u32 *)btftypes_behind(type);
	if ((encoding & 0xff) == 8 * type->value)
		return;
	place->bits += encoding >> 16 & 0xff;
	place->width = encoding & 0xff;
}

/*
 * Find a member of a structure or union, also in anonymous ones inside of it.
 * @place: @bits is where the structure begins, and then where the member does
 * @visits: members that may still be looked at
 * Return: false without such a member
 */
static inline bool btftypes_member(const struct btftypes *types, u32 id,
				   const char *name, size_t size, int depth,
				   u32 *visits, struct btftypes_place *place)
{
	const u32 compound = BTFTYPES_IS(BTFTYPES_STRUCT) | BTFTYPES_IS(BTFTYPES_UNION);
	const struct btftypes_type *type = btftypes_get(types, id);
	const struct btftypes_member *member;
	u64 begin = place->bits;
	u32 i, inner;

	if (!btftypes_is(type, compound) || depth >= BTFTYPES_DEPTH)
		return false;
	member = btftypes_behind(type);
	for (i = 0; i < btftypes_length(type); i++, member++) {
		if (!*visits)
			return false;
		(*visits)--;
		place->type = member->type;
		place->width = btftypes_flag(type) ? member->offset >> 24 : 0;
		place->bits = begin + (btftypes_flag(type) ? member->offset & 0xffffff :
							     member->offset);
		if (btftypes_isnamed(types, member->name, name, size)) {
			if (!btftypes_flag(type))
				btftypes_oldfield(types, place);
			return true;
		}
		inner = member->type;
		if (!*btftypes_name(types, member->name) && btftypes_strip(types, &inner) &&
		    btftypes_member(types, inner, name, size, depth + 1, visits, place))
			return true;
	}
	return false;
}

/* ---- paths -------------------------------------------------------------------- */

enum btftypes_shape {
	BTFTYPES_SHAPE_NONE,		/* void, a function, a number of 128 bits */
	BTFTYPES_SHAPE_UNSIGNED,
	BTFTYPES_SHAPE_SIGNED,
	BTFTYPES_SHAPE_BOOL,
	BTFTYPES_SHAPE_POINTER,
	BTFTYPES_SHAPE_TEXT,		/* char[] */
	BTFTYPES_SHAPE_BYTES,		/* unsigned char[] */
	BTFTYPES_SHAPE_ARRAY,
	BTFTYPES_SHAPE_COMPOUND,
};

/**
 * struct btftypes_path - the way from an address to a value
 * @type: of the value, without typedefs and qualifiers
 * @size: bytes of the value; 0 of an array whose end nobody knows
 * @shape: enum btftypes_shape
 * @width: bits of a bit field, otherwise 0
 * @shift: where it begins in its first byte
 * @hops: pointers to be followed
 * @offsets: to be added before each of them, and at the end
 */
struct btftypes_path {
	u32 type;
	u32 size;
	u8 shape;
	u8 width;
	u8 shift;
	u8 hops;
	u32 offsets[BTFTYPES_HOPS + 1];
};

enum btftypes_problem {
	BTFTYPES_FINE,
	BTFTYPES_NO_FIELDS,	/* neither a structure nor a pointer to one */
	BTFTYPES_NO_FIELD,	/* the structure has no such field */
	BTFTYPES_NO_ELEMENTS,	/* neither an array nor a pointer to something with a size */
	BTFTYPES_BEYOND,	/* the array has fewer elements */
	BTFTYPES_TOO_FAR,	/* too many pointers, or too far away */
	BTFTYPES_BROKEN,	/* the type makes no sense */
};

static inline u8 btftypes_number(const struct btftypes_type *type)
{
	u32 encoding;

	if (type->value > 8 || !type->value || type->value & (type->value - 1))
		return BTFTYPES_SHAPE_NONE;
	if (btftypes_kindof(type) != BTFTYPES_INT)
		return btftypes_flag(type) ? BTFTYPES_SHAPE_SIGNED : BTFTYPES_SHAPE_UNSIGNED;
	encoding = *(const u32 *)btftypes_behind(type) >> 24;
	if (encoding & BTFTYPES_BOOL)
		return BTFTYPES_SHAPE_BOOL;
	return encoding & BTFTYPES_SIGNED ? BTFTYPES_SHAPE_SIGNED : BTFTYPES_SHAPE_UNSIGNED;
}

/* Text is an array of what is called char; whether that has a sign depends on the architecture. */
static inline u8 btftypes_arrayshape(const struct btftypes *types,
				     const struct btftypes_type *type)
{
	const struct btftypes_array *array = btftypes_behind(type);
	u32 id = array->type;

	if (!btftypes_strip(types, &id))
		return BTFTYPES_SHAPE_NONE;
	type = btftypes_get(types, id);
	if (btftypes_kindof(type) != BTFTYPES_INT || type->value != 1)
		return BTFTYPES_SHAPE_ARRAY;
	if (btftypes_isnamed(types, type->name, "char", 4))
		return BTFTYPES_SHAPE_TEXT;
	return btftypes_number(type) == BTFTYPES_SHAPE_UNSIGNED ? BTFTYPES_SHAPE_BYTES :
								 BTFTYPES_SHAPE_ARRAY;
}

static inline u8 btftypes_shapeof(const struct btftypes *types, u32 id)
{
	const struct btftypes_type *type = btftypes_get(types, id);

	switch (btftypes_kindof(type)) {
	case BTFTYPES_INT:
	case BTFTYPES_ENUM:
	case BTFTYPES_ENUM64:
		return btftypes_number(type);
	case BTFTYPES_PTR:
		return BTFTYPES_SHAPE_POINTER;
	case BTFTYPES_ARRAY:
		return btftypes_arrayshape(types, type);
	case BTFTYPES_STRUCT:
	case BTFTYPES_UNION:
		return BTFTYPES_SHAPE_COMPOUND;
	default:
		return BTFTYPES_SHAPE_NONE;
	}
}

/* Complete a path that ends at something of a type. */
static inline enum btftypes_problem btftypes_end(const struct btftypes *types,
						 struct btftypes_path *path, u32 id)
{
	if (!btftypes_strip(types, &id))
		return BTFTYPES_BROKEN;
	path->type = id;
	path->width = 0;
	path->shift = 0;
	path->shape = btftypes_shapeof(types, id);
	if (!btftypes_sizeof(types, id, &path->size))
		path->size = 0;
	return BTFTYPES_FINE;
}

/* Begin a path with a structure or union. */
static inline enum btftypes_problem btftypes_root(const struct btftypes *types,
						  struct btftypes_path *path, u32 id)
{
	path->hops = 0;
	path->offsets[0] = 0;
	return btftypes_end(types, path, id);
}

static inline bool btftypes_add(struct btftypes_path *path, u64 offset)
{
	if (offset > BTFTYPES_FAR || path->offsets[path->hops] + offset > BTFTYPES_FAR)
		return false;
	path->offsets[path->hops] += offset;
	return true;
}

/* Whether to go on from a path means to look at all types: for those that a pointer's type is only the name of. */
static inline bool btftypes_searches(const struct btftypes *types,
				     const struct btftypes_path *path)
{
	u32 id;

	if (path->shape != BTFTYPES_SHAPE_POINTER)
		return false;
	id = btftypes_get(types, path->type)->value;
	return btftypes_strip(types, &id) &&
	       btftypes_kindof(btftypes_get(types, id)) == BTFTYPES_FWD;
}

/*
 * Follow a pointer at the end of a path, if there is one.
 * @id: takes the type that is there
 */
static inline enum btftypes_problem btftypes_follow(const struct btftypes *types,
						    struct btftypes_path *path, u32 *id)
{
	const struct btftypes_type *type;

	*id = path->type;
	if (path->shape != BTFTYPES_SHAPE_POINTER)
		return BTFTYPES_FINE;
	if (path->hops == BTFTYPES_HOPS)
		return BTFTYPES_TOO_FAR;
	type = btftypes_get(types, path->type);
	*id = type->value;
	if (!btftypes_strip(types, id))
		return BTFTYPES_BROKEN;
	/* The other part of the kernel has the members. */
	type = btftypes_get(types, *id);
	if (btftypes_kindof(type) == BTFTYPES_FWD) {
		const char *name = btftypes_name(types, type->name);
		size_t size = 0;

		while (name[size])
			size++;
		if (size)
			*id = btftypes_find(types, name, size, BTFTYPES_IS(btftypes_flag(type) ?
					    BTFTYPES_UNION : BTFTYPES_STRUCT));
	}
	path->offsets[++path->hops] = 0;
	return BTFTYPES_FINE;
}

/*
 * Go on with a field of a structure, or of the structure that a pointer points to.
 * @visits: BTFTYPES_VISITS, of which the rest is left then
 */
static inline enum btftypes_problem btftypes_field(const struct btftypes *types,
						   struct btftypes_path *path,
						   const char *name, size_t size,
						   u32 *visits)
{
	struct btftypes_place place = { 0 };
	u32 id;
	enum btftypes_problem problem = btftypes_follow(types, path, &id);

	if (problem)
		return problem;
	if (btftypes_shapeof(types, id) != BTFTYPES_SHAPE_COMPOUND)
		return BTFTYPES_NO_FIELDS;
	if (!size || !btftypes_member(types, id, name, size, 0, visits, &place))
		return BTFTYPES_NO_FIELD;
	if (!btftypes_add(path, place.bits / 8))
		return BTFTYPES_TOO_FAR;
	problem = btftypes_end(types, path, place.type);
	if (problem || (!place.width && !(place.bits % 8)))
		return problem;
	if (place.width < 1 || place.width > 64 || path->shape < BTFTYPES_SHAPE_UNSIGNED ||
	    path->shape > BTFTYPES_SHAPE_BOOL)
		return BTFTYPES_BROKEN;
	path->width = place.width;
	path->shift = place.bits % 8;
	return BTFTYPES_FINE;
}

/* Go on with an element of an array, or of what a pointer points to. */
static inline enum btftypes_problem btftypes_element(const struct btftypes *types,
						     struct btftypes_path *path, u64 n)
{
	const struct btftypes_type *type = btftypes_get(types, path->type);
	const struct btftypes_array *array;
	enum btftypes_problem problem;
	u32 id, size;

	if (btftypes_kindof(type) == BTFTYPES_ARRAY) {
		array = btftypes_behind(type);
		if (array->count && n >= array->count)
			return BTFTYPES_BEYOND;
		id = array->type;
	} else if (path->shape == BTFTYPES_SHAPE_POINTER) {
		problem = btftypes_follow(types, path, &id);
		if (problem)
			return problem;
	} else {
		return BTFTYPES_NO_ELEMENTS;
	}
	if (!btftypes_sizeof(types, id, &size) || !size)
		return BTFTYPES_NO_ELEMENTS;
	if (n > BTFTYPES_FAR || !btftypes_add(path, n * size))
		return BTFTYPES_TOO_FAR;
	return btftypes_end(types, path, id);
}

/*
 * The value of a bit field.
 * @bytes: 16, the first of which are the field's, of a machine that stores the least one first
 */
static inline u64 btftypes_bits(const struct btftypes_path *path, const u64 *words)
{
	u64 value = words[0] >> path->shift;

	if (path->shift)
		value |= words[1] << (64 - path->shift);
	if (path->width < 64)
		value &= (1ULL << path->width) - 1;
	if (path->shape == BTFTYPES_SHAPE_SIGNED && path->width < 64 &&
	    value >> (path->width - 1))
		value |= ~0ULL << path->width;
	return value;
}

/* Bytes that hold the value. */
static inline u32 btftypes_bytes(const struct btftypes_path *path)
{
	return path->width ? (path->shift + path->width + 7) / 8 : path->size;
}

#endif
