/* Asks for an installation tree on a medium. See tree.h; the contracts are
 * common/protocol/fsprobe.h and medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/tree.h"

#include <string.h>

#include "common/log.h"
#include "loader/helpers/fetch_answer.h"
#include "loader/helpers/medium_sums.h"
#include "loader/helpers/member.h"
#include "loader/helpers/probing.h"

/* One tree_take(). */
struct taking {
    const struct probing *probing;
    const char *where; /* the medium, or its partition, for messages */
    struct fetched *fetched;
};

static json_t *make_request(const struct tree_medium *medium, const struct tree_request *tree,
                            struct error *err)
{
    json_t *request =
        json_pack("{s:{s:b,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?}}", "tree", "identify", 0, "folder",
                  medium->folder, "family", tree->family, "arch", tree->arch, "release",
                  tree->release, "kernel", tree->kernel, "ramdisk", tree->ramdisk);

    /* jansson takes no text that is not UTF-8. */
    if (!request)
        error_set(err, ERROR_INVALID_SOURCE,
                  "the name of a release, kernel, ramdisk or folder is not UTF-8 text");
    return request;
}

/* --- what the tree's own checksums say ---------------------------------------------------- */

/* The checksum that the answer gives for a file, into *WANTED; its digest stays DIGEST_NONE where
 * there is none. False when it is damaged. */
static bool read_sum(const json_t *file, struct checksum *wanted)
{
    const json_t *sum = json_object_get(file, "sum");
    const char *hex = member_text(sum, "hex");

    *wanted = (struct checksum){.digest = DIGEST_NONE};
    if (!json_is_object(sum))
        return true;
    return hex &&
           checksum_set(wanted, digest_from_name(member_text(sum, "digest")), hex, strlen(hex));
}

static int differs(const struct taking *taking, const char *path, const struct checksum *got,
                   const struct checksum *wanted, struct error *err)
{
    const char *metadata = taking->fetched->tree_metadata;

    return error_set(err, ERROR_INVALID_SOURCE,
                     "%s in %s has the %s %s, but %s says %s: the medium is damaged; check it "
                     "(eliloader identify --verify), or get it again",
                     path, taking->where, digest_name(wanted->digest), got->hex,
                     metadata ? metadata : "the tree", wanted->hex);
}

/* The sums of FILE as far as they are needed, and whether they are right. */
static int check_sums(const struct taking *taking, const json_t *json, int fd, bool for_tables,
                      struct fetched_file *file, struct error *err)
{
    const char *path = member_text(json, "path");
    const struct summed summed = {.fd = fd, .name = file->url};
    struct checksum wanted;
    struct medium_sums sums;

    if (!read_sum(json, &wanted))
        return error_set(err, ERROR_INTERNAL, "the helper fsprobe gave an answer that is damaged");
    if (wanted.digest == DIGEST_NONE && !for_tables)
        return 0;
    if (medium_sums_take(taking->probing->settings, &summed, for_tables, wanted.digest, &sums,
                         err) < 0)
        return error_prefix(err, "cannot take the sums of %s", file->url);
    memcpy(file->md5, sums.md5, sizeof file->md5);
    memcpy(file->sha256, sums.sha256, sizeof file->sha256);
    if (wanted.digest == DIGEST_NONE)
        return 0;
    if (strcmp(sums.other.hex, wanted.hex) != 0)
        return differs(taking, path, &sums.other, &wanted, err);
    file->verified = xstrdup(digest_name(wanted.digest));
    return 0;
}

/* --- the answer --------------------------------------------------------------------------- */

static int take_file(const struct taking *taking, const json_t *answer, const char *kind, int fd,
                     bool for_tables, struct fetched_file *file, struct error *err)
{
    const json_t *json = json_object_get(answer, kind);
    const char *path = member_text(json, "path");

    if (!path || fd < 0 || !member_number(json, "size", INT64_MAX, &file->size))
        return error_set(err, ERROR_INTERNAL, "the helper fsprobe gave no %s", kind);
    file->url = xasprintf("%s in %s", path, taking->where);
    if (check_sums(taking, json, fd, for_tables, file, err) < 0)
        return -1;
    log_step("%s: %s, %llu bytes, %s", kind, file->url, (unsigned long long)file->size,
             file->verified ? "verified by the tree's checksum"
                            : "the tree has no checksum for it");
    return 0;
}

static void read_tree(const json_t *answer, struct fetched *fetched)
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
}

static int take(const struct probing *probing, const json_t *answer, bool for_tables,
                struct fetched *fetched, struct error *err)
{
    struct taking taking = {probing, member_text(answer, "where"), fetched};
    const struct outputs *outputs = probing->outputs;

    read_tree(answer, fetched);
    if (probing_take_copies(probing, answer, true, err) < 0)
        return -1;
    if (!taking.where || !fetched->layout || fetched->has_ramdisk != (outputs->ramdisk.fd >= 0))
        return error_set(err, ERROR_INTERNAL, "the helper fsprobe gave an answer that is damaged");
    if (take_file(&taking, answer, "kernel", outputs->kernel.fd, false, &fetched->kernel, err) < 0)
        return -1;
    return fetched->has_ramdisk ? take_file(&taking, answer, "ramdisk", outputs->ramdisk.fd,
                                            for_tables, &fetched->ramdisk, err)
                                : 0;
}

static void read_failure(const json_t *failure, struct fetched *fetched)
{
    fetched_read_recognised(failure, fetched);
    fetched->no_kernel = json_is_true(json_object_get(failure, "no_kernel"));
}

int tree_take(const struct settings *settings, const struct tree_medium *medium,
              const struct tree_request *request, const struct fetch_limits *limits,
              bool for_tables, struct outputs *outputs, struct fetched *fetched, struct error *err)
{
    const struct probing probing = {.settings = settings,
                                    .disks = medium->disks,
                                    .count = medium->count,
                                    .outputs = outputs,
                                    .limits = *limits,
                                    .slow = true};
    json_auto_t *answer = NULL, *failure = NULL;
    json_t *json = make_request(medium, request, err);

    if (!json)
        return -1;
    int result = probing_run(&probing, json, &answer, &failure, err);
    if (failure)
        read_failure(failure, fetched);
    if (result == 0)
        result = take(&probing, answer, for_tables, fetched, err);
    if (result < 0)
        probing_drop(outputs);
    return result;
}
