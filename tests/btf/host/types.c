// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reads BTF as the library btf does: prints paths, and reads damaged bytes, which must do no harm.
 *
 *	types BTF path TYPE STEP...     print the way of a path: offsets, type, size
 *	types BTF all                   visit everything
 *	types BTF damage TIMES SEED     the same with bytes changed
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

#include "lunatik_btftypes.h"

static const char *const shapes[] = {
	"none", "unsigned", "signed", "bool", "pointer", "text", "bytes", "array", "compound"
};

static const char *const problems[] = {
	"fine", "no fields", "no field", "no elements", "beyond", "too far", "broken"
};

static void *must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

/* In memory of its own: one byte more is out of bounds. */
static u8 *load(const char *path, u32 *size)
{
	FILE *file = must(fopen(path, "rb"));
	u8 *bytes;

	fseek(file, 0, SEEK_END);
	*size = ftell(file);
	rewind(file);
	bytes = must(malloc(*size ? *size : 1));
	if (fread(bytes, 1, *size, file) != *size)
		abort();
	fclose(file);
	return bytes;
}

static const char *begin(struct btftypes *types, const u8 *bytes, u32 size, const struct btftypes *base)
{
	const char *problem = btftypes_open(types, bytes, size, base);

	if (problem)
		return problem;
	types->index = must(malloc(sizeof(u32) * (types->count - types->first + 1)));
	return btftypes_walk(types);
}

static int step(const struct btftypes *types, struct btftypes_path *path, const char *word)
{
	u32 visits = BTFTYPES_VISITS;

	if (*word >= '0' && *word <= '9')
		return btftypes_element(types, path, strtoull(word, NULL, 0));
	return btftypes_field(types, path, word, strlen(word), &visits);
}

static int print_path(const struct btftypes *types, char **words)
{
	u32 id = btftypes_find(types, words[0], strlen(words[0]), BTFTYPES_IS(BTFTYPES_STRUCT) | BTFTYPES_IS(BTFTYPES_UNION));
	struct btftypes_path path;
	int problem, i;

	if (!id)
		return puts("no such type"), 1;
	problem = btftypes_root(types, &path, id);
	for (words++; !problem && *words; words++)
		problem = step(types, &path, *words);
	if (problem)
		return puts(problems[problem]), 1;
	for (i = 0; i <= path.hops; i++)
		printf("%u ", path.offsets[i]);
	printf("%s %u", shapes[path.shape], path.size);
	if (path.width)
		printf(" %u:%u", path.shift, path.width);
	putchar('\n');
	return 0;
}

/* A path from every type, by the names of its first members. */
static void visit(const struct btftypes *types, u32 id, u64 *sum)
{
	static const char *const names[] = { "a", "f", "name", "next", "flags", "x" };
	struct btftypes_path path;
	u32 size = 0;
	size_t i, n;

	if (btftypes_root(types, &path, id))
		return;
	btftypes_sizeof(types, id, &size);
	for (i = 0; i < 12; i++) {
		struct btftypes_path other = path;
		u32 visits = BTFTYPES_VISITS;

		for (n = 0; n <= i % 3; n++) {
			if (btftypes_field(types, &other, names[i / 2], strlen(names[i / 2]), &visits) &&
			    btftypes_element(types, &other, i))
				break;
		}
		*sum += other.offsets[other.hops] + btftypes_bytes(&other) + size;
		if (other.width) {
			u64 words[2] = { ~0ULL, ~0ULL };

			*sum += btftypes_bits(&other, words);
		}
	}
}

static u64 visit_all(const struct btftypes *types, u32 stride)
{
	u64 sum = 0;
	u32 id;

	for (id = 0; id < types->count + 2; id += stride) {
		const struct btftypes_type *type = btftypes_get(types, id);

		if (type)
			sum += strlen(btftypes_name(types, type->name));
		visit(types, id, &sum);
	}
	return sum;
}

/* Bytes of the header and of types are damaged more often than names. */
static void damage(u8 *bytes, u32 size)
{
	int times = 1 + rand() % 8;

	while (times--) {
		u32 at = rand() % 4 ? rand() % size : rand() % 24;

		if (at < size)
			bytes[at] = rand() % 3 ? rand() : bytes[at] ^ 1 << rand() % 8;
	}
}

static void damage_all(const u8 *bytes, u32 size, int times)
{
	int opened = 0, i;

	for (i = 0; i < times; i++) {
		u32 less = rand() % 8 ? size : (u32)rand() % (size + 1);
		struct btftypes types = { }, module = { };
		u8 *copy = must(malloc(less ? less : 1)), *more = must(malloc(less ? less : 1));

		memcpy(copy, bytes, less);
		memcpy(more, bytes, less);
		if (less) {
			damage(copy, less);
			damage(more, less);
		}
		if (!begin(&types, copy, less, NULL)) {
			opened++;
			visit_all(&types, 1 + types.count / 3000);
			if (!begin(&module, more, less, &types))
				visit_all(&module, 1 + module.count / 3000);
		}
		free(types.index);
		free(module.index);
		free(copy);
		free(more);
	}
	printf("%d of %d could be opened\n", opened, times);
}

int main(int argc, char **argv)
{
	struct btftypes types = { };
	const char *problem;
	int status = 0;
	u8 *bytes;
	u32 size;

	if (argc < 3)
		return 2;
	bytes = load(argv[1], &size);
	if (strcmp(argv[2], "damage") == 0) {
		srand(atoi(argv[4]));
		damage_all(bytes, size, atoi(argv[3]));
	} else {
		problem = begin(&types, bytes, size, NULL);
		if (problem)
			puts(problem), status = 1;
		else if (strcmp(argv[2], "path") == 0)
			status = print_path(&types, argv + 3);
		else
			printf("%u types\n", types.count), visit_all(&types, 1);
	}
	free(types.index);
	free(bytes);
	return status;
}
