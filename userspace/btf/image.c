// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The image of a kernel as boot loaders take it, down to the kernel itself: an ELF file (x86), or its memory
 * (arm64). The image's header has the place of the payload: Documentation/arch/x86/boot.rst and include/linux/pe.h (EFI
 * zboot). So nothing is searched for.
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "btf.h"

/* x86: offsets of fields in the setup header. */
#define SETUP_SECTS	0x1f1
#define SETUP_MAGIC	0x202
#define SETUP_VERSION	0x206
#define PAYLOAD_OFFSET	0x248
#define PAYLOAD_LENGTH	0x24c
#define SETUP_END	0x250

/* EFI zboot: offsets of fields in the header. */
#define ZBOOT_MAGIC	4
#define ZBOOT_OFFSET	8
#define ZBOOT_SIZE	12
#define ZBOOT_END	16

static const struct compression {
	const char *magic;
	size_t length;
	char *argv[5];
	bool has_size;		/* in a bzImage, kbuild appends the size of the contents */
} compressions[] = {
	{ "\x1f\x8b", 2, { "gzip", "-dc" }, false },
	{ "\xfd" "7zXZ", 5, { "xz", "-dc", "--single-stream" }, true },
	{ "\x28\xb5\x2f\xfd", 4, { "zstd", "-dcq" }, true },
	{ "\x02\x21\x4c\x18", 4, { "lz4", "-dcq" }, true },
};

static uint32_t get32(const unsigned char *data)
{
	uint32_t value;

	memcpy(&value, data, sizeof(value));
	return le32toh(value);
}

static bool begins(struct blob image, size_t offset, const char *magic, size_t length)
{
	return offset + length <= image.size && memcmp(image.data + offset, magic, length) == 0;
}

static struct blob part(const char *name, struct blob image, uint64_t offset, uint64_t size)
{
	if (offset > image.size || size > image.size - offset)
		fail("%s: truncated: its payload ends at byte %llu, the file at %zu", name,
		     (unsigned long long)(offset + size), image.size);
	return (struct blob){ image.data + offset, size };
}

static const struct compression *compression_of(struct blob data)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(compressions); i++)
		if (begins(data, 0, compressions[i].magic, compressions[i].length))
			return &compressions[i];
	return NULL;
}

static struct blob decompress(const char *name, const struct compression *compression, struct blob data)
{
	struct blob contents = run(compression->argv, data);

	if (!contents.data)
		fail("%s: %s cannot unpack it: damaged", name, compression->argv[0]);
	return contents;
}

static struct blob unpack_bzimage(const char *name, struct blob image)
{
	size_t sectors = image.data[SETUP_SECTS] ? image.data[SETUP_SECTS] : 4;
	struct blob payload = part(name, image, (sectors + 1) * 512 + (uint64_t)get32(image.data + PAYLOAD_OFFSET),
				   get32(image.data + PAYLOAD_LENGTH));
	const struct compression *compression = compression_of(payload);
	struct blob kernel;
	uint32_t size;

	if (!compression)
		fail("%s: compressed in a way that is not known here (gzip, xz, zstd and lz4 are)", name);
	if (!compression->has_size)
		return decompress(name, compression, payload);
	if (payload.size < sizeof(size))
		fail("%s: truncated", name);
	payload.size -= sizeof(size);
	size = get32(payload.data + payload.size);
	kernel = decompress(name, compression, payload);
	if (kernel.size != size)
		fail("%s: %zu bytes are in it instead of %u: damaged", name, kernel.size, size);
	return kernel;
}

/** image_unpack - the kernel in an image file: bzImage, EFI zboot, compressed or plain */
struct blob image_unpack(const char *path)
{
	struct blob image = file_read(path);
	const struct compression *compression;

	if (image.size >= SETUP_END && begins(image, SETUP_MAGIC, "HdrS", 4) &&
	    (image.data[SETUP_VERSION] | image.data[SETUP_VERSION + 1] << 8) >= 0x208)
		return unpack_bzimage(path, image);
	if (image.size >= ZBOOT_END && begins(image, 0, "MZ", 2) && begins(image, ZBOOT_MAGIC, "zimg", 4))
		image = part(path, image, get32(image.data + ZBOOT_OFFSET), get32(image.data + ZBOOT_SIZE));
	compression = compression_of(image);
	return compression ? decompress(path, compression, image) : image;
}
