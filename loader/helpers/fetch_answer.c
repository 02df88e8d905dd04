/* From JSON to struct fetched. See fetch_answer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fetch_answer.h"

#include "common/log.h"
#include "loader/helpers/member.h"

/* A digest of OBJECT, which may be null unless it is WANTED. */
static bool take_digest(const json_t *object, const char *key, char *out, size_t digits,
                        bool wanted)
{
    if (member_hex(object, key, out, digits))
        return true;
    return !wanted && json_is_null(json_object_get(object, key));
}

/* What is in the file counts, not what the helper says. */
static int take_file(const json_t *object, const char *kind, int fd, uint64_t max, unsigned digests,
                     struct fetched_file *file, struct error *err)
{
    file->url = member_copy(object, "url");
    file->verified = member_copy(object, "verified");
    (void)member_number(object, "size", max, &file->size);
    bool complete =
        take_digest(object, "md5", file->md5, 32, digests & DIGEST_BIT(DIGEST_MD5)) &&
        take_digest(object, "sha256", file->sha256, 64, digests & DIGEST_BIT(DIGEST_SHA256));
    if (!file->url || !complete || !member_fits(object, "size", fd, max))
        return error_set(err, ERROR_INTERNAL,
                         "the helper fetch gave a %s that does not fit its "
                         "answer",
                         kind);
    log_step("%s: %s, %llu bytes%s%s%s%s, %s", kind, file->url, (unsigned long long)file->size,
             *file->md5 ? ", MD5 " : "", file->md5, *file->sha256 ? ", SHA-256 " : "", file->sha256,
             file->verified ? "verified by the tree's checksum"
                            : "the tree has no checksum for it");
    return 0;
}

void fetched_read_recognised(const json_t *answer, struct fetched *fetched)
{
    const json_t *recognised = json_object_get(answer, "recognised");
    const char *name = member_text(recognised, "name");
    const char *version = member_text(recognised, "version");

    fetched->recognised_family = member_copy(recognised, "family");
    if (name || version)
        fetched->recognised_as = xasprintf("%s%s%s", name ? name : "version", version ? " " : "",
                                           version ? version : "");
}

static int read_ramdisk(const json_t *answer, int fd, const struct fetch_limits *limits,
                        unsigned digests, struct fetched *fetched, struct error *err)
{
    return take_file(json_object_get(answer, "ramdisk"), "ramdisk", fd, limits->ramdisk_max,
                     digests, &fetched->ramdisk, err);
}

int fetched_read_ramdisk(const json_t *answer, int fd, const struct fetch_limits *limits,
                         struct fetched *fetched, struct error *err)
{
    return read_ramdisk(answer, fd, limits, 0, fetched, err);
}

int fetched_read(const json_t *answer, int kernel, int ramdisk, const struct fetch_limits *limits,
                 unsigned digests, struct fetched *fetched, struct error *err)
{
    const json_t *tree = json_object_get(answer, "tree");

    fetched_read_recognised(answer, fetched);
    fetched->family = member_copy(answer, "family");
    fetched->layout = member_copy(answer, "layout");
    fetched->tree_metadata = member_copy(tree, "metadata");
    fetched->tree_name = member_copy(tree, "name");
    fetched->tree_version = member_copy(tree, "version");
    fetched->tree_arch = member_copy(tree, "arch");
    fetched->has_ramdisk = json_is_object(json_object_get(answer, "ramdisk"));
    if (take_file(json_object_get(answer, "kernel"), "kernel", kernel, limits->kernel_max, 0,
                  &fetched->kernel, err) < 0)
        return -1;
    if (!fetched->layout)
        return error_set(err, ERROR_INTERNAL, "the helper fetch gave an answer without a layout");
    return fetched->has_ramdisk ? read_ramdisk(answer, ramdisk, limits, digests, fetched, err) : 0;
}
