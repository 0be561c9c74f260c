/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik_nearest.h - which name was meant: for the kernel and for programs alike
 */
#ifndef LUNATIK_NEAREST_H
#define LUNATIK_NEAREST_H

#define LUNATIK_NAME_LONGEST 31	/* bytes; longer names are compared as far as that */

/**
 * struct lunatik_nearest - the search for the name that was meant
 * @name: the name that does not exist
 * @best: the nearest name that exists, or NULL
 * @distance: how many letters are wrong, missing, too many or exchanged
 */
struct lunatik_nearest {
	const char *name;
	const char *best;
	unsigned int distance;
};

static inline unsigned int lunatik_least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Rows of the distances of all beginnings: the last one is that of the @i letters of @a so far. */
static inline unsigned int
lunatik_distancestep(const char *a, const char *b, unsigned int i, unsigned int j,
		     unsigned char row[3][LUNATIK_NAME_LONGEST + 1])
{
	unsigned int cost = row[1][j - 1] + (a[i - 1] != b[j - 1]);

	cost = lunatik_least(cost, row[1][j] + 1);
	cost = lunatik_least(cost, row[2][j - 1] + 1);
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
		cost = lunatik_least(cost, row[0][j - 2] + 1);
	return cost;
}

static inline unsigned int lunatik_distance(const char *a, const char *b)
{
	unsigned char row[3][LUNATIK_NAME_LONGEST + 1] = { { 0 } };
	unsigned int n = strnlen(a, LUNATIK_NAME_LONGEST);
	unsigned int m = strnlen(b, LUNATIK_NAME_LONGEST);
	unsigned int i, j;

	for (j = 0; j <= m; j++)
		row[2][j] = j;
	for (i = 1; i <= n; i++) {
		memcpy(row[0], row[1], sizeof(row[0]));
		memcpy(row[1], row[2], sizeof(row[0]));
		row[2][0] = i;
		for (j = 1; j <= m; j++)
			row[2][j] = lunatik_distancestep(a, b, i, j, row);
	}
	return row[2][m];
}

/**
 * lunatik_trynearest() - compare one of the names that exist
 */
static inline void lunatik_trynearest(struct lunatik_nearest *nearest,
				      const char *candidate)
{
	unsigned int distance = lunatik_distance(nearest->name, candidate);

	if (nearest->best && distance >= nearest->distance)
		return;
	nearest->best = candidate;
	nearest->distance = distance;
}

/**
 * lunatik_isnear() - whether what was found is worth naming: half of the letters agree
 */
static inline int lunatik_isnear(const struct lunatik_nearest *nearest)
{
	return nearest->best &&
	       2 * nearest->distance <= strlen(nearest->name) + 1;
}

#endif
