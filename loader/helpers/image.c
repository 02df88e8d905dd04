/* Two helpers' answers about an image, joined into one. See image.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/image.h"

#include <string.h>
#include <sys/mman.h>

#include "distros/recognise.h"
#include "loader/helpers/medium.h"
#include "loader/helpers/medium_sums.h"
#include "loader/helpers/member.h"
#include "loader/helpers/probing.h"
#include "loader/host/open_file.h"

struct looking {
    const struct settings *settings;
    const char *path;
    const char *folder; /* in it; NULL: its root */
    json_t *all;        /* the answer that everything is added to */
    int kernel;         /* a file without a name that the kernel is copied to */
};

static void add_problem(const struct looking *looking, const char *text)
{
    json_array_append_new(json_object_get(looking->all, "problems"), json_string(text));
}

static void move(const struct looking *looking, const json_t *answer, const char *key)
{
    json_t *member = json_object_get(answer, key);

    if (member)
        json_object_set(looking->all, key, member);
}

/* --- the ramdisk's sums, in the image itself ----------------------------------------------- */

/* What of them is asked; false when the answer gives no place. */
static bool find_ramdisk(const json_t *ramdisk, struct summed *summed, enum digest *digest)
{
    const json_t *place = json_object_get(ramdisk, "place");
    const json_t *sum = json_object_get(ramdisk, "sum");

    *digest = digest_from_name(member_text(sum, "digest"));
    summed->name = member_text(ramdisk, "path");
    return summed->name && member_number(place, "offset", INT64_MAX, &summed->at) &&
           member_number(ramdisk, "size", INT64_MAX, &summed->length) && summed->length;
}

static void compare(const struct looking *looking, const json_t *ramdisk,
                    const struct checksum *got)
{
    const char *wanted = member_text(json_object_get(ramdisk, "sum"), "hex");
    const json_t *recognised = json_object_get(looking->all, "recognised");
    const char *metadata = member_text(recognised, "metadata");

    if (wanted && strcmp(wanted, got->hex) == 0) {
        json_object_set_new(json_object_get(looking->all, "ramdisk"), "verified",
                            json_string(digest_name(got->digest)));
        return;
    }
    auto_free char *text =
        xasprintf("%s has the %s %s, but %s says %s: the image is damaged",
                  member_text(ramdisk, "path"), digest_name(got->digest), got->hex,
                  metadata ? metadata : "the tree", wanted ? wanted : "otherwise");
    add_problem(looking, text);
}

static int sum_ramdisk(const struct looking *looking, const json_t *ramdisk, struct error *err)
{
    auto_fd int fd = disk_open(looking->path, "image", true, ERROR_INVALID_SOURCE, err);
    auto_error struct error why = ERROR_INIT;
    struct summed summed = {.fd = fd};
    struct medium_sums sums;
    enum digest digest;

    if (fd < 0)
        return -1;
    if (!json_is_object(ramdisk) || !find_ramdisk(ramdisk, &summed, &digest))
        return 0;
    if (medium_sums_take(looking->settings, &summed, true, digest, &sums, &why) < 0) {
        if (why.name == ERROR_INTERRUPTED)
            return error_set(err, why.name, "%s", why.text);
        add_problem(looking, why.text);
        return 0;
    }
    json_t *own = json_object_get(looking->all, "ramdisk");
    json_object_set_new(own, "md5", json_string(sums.md5));
    json_object_set_new(own, "sha256", json_string(sums.sha256));
    if (digest != DIGEST_NONE)
        compare(looking, ramdisk, &sums.other);
    return 0;
}

/* --- the kernel ---------------------------------------------------------------------------- */

static void look_into_kernel(const struct looking *looking, const json_t *answer)
{
    const char *path = member_text(json_object_get(answer, "kernel"), "path");
    auto_kernel_support struct kernel_support support = KERNEL_SUPPORT_INIT;
    auto_error struct error err = ERROR_INIT;

    if (!path)
        return;
    if (kernel_support_look(looking->settings, looking->kernel, path, &support, &err) < 0)
        support.why = take_pointer(err.text);
    json_object_set_new(looking->all, "support",
                        json_pack("{s:b,s:b,s:b,s:s,s:s?}", "known", (int)support.known, "pv",
                                  (int)support.pv, "pvh", (int)support.pvh, "arch", support.arch,
                                  "why", support.why));
}

/* --- together ------------------------------------------------------------------------------ */

static int take_answer(const struct looking *looking, const json_t *answer, struct error *err)
{
    static const char *const keys[] = {"recognised", "layout", "kernel", "ramdisk"};
    const char *problem = member_text(answer, "problem");

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        move(looking, answer, keys[i]);
    if (problem)
        add_problem(looking, problem);
    else if (!json_is_object(json_object_get(answer, "recognised")))
        add_problem(looking, "the image does not say what it installs (no .treeinfo, .discinfo, "
                             "content, media.1/products or .disk/info)");
    look_into_kernel(looking, answer);
    return sum_ramdisk(looking, json_object_get(answer, "ramdisk"), err);
}

/* What is wrong with the image is told, and what it is all the same. */
static int take_failure(const struct looking *looking, const json_t *failure, struct error *own,
                        struct error *err)
{
    if (!failure) {
        *err = *own;
        *own = ERROR_INIT;
        return -1;
    }
    move(looking, failure, "recognised");
    add_problem(looking, own->text);
    return 0;
}

static int look(const struct looking *looking, int ramdisk, struct error *err)
{
    const struct settings *settings = looking->settings;
    char *const disks[] = {(char *)looking->path};
    const int fds[] = {looking->kernel, ramdisk};
    const struct probing probing = {
        .settings = settings,
        .disks = disks,
        .count = 1,
        .fds = fds,
        .limits = {.kernel_max = settings->kernel_max, .ramdisk_max = settings->ramdisk_max},
        .slow = true};
    json_t *request =
        json_pack("{s:{s:b,s:s?,s:s,s:s?,s:s?}}", "tree", "identify", 1, "folder", looking->folder,
                  "family", RECOGNISE_AUTO, "arch", settings->arch, "release", settings->release);
    json_auto_t *answer = NULL, *failure = NULL;
    auto_error struct error own = ERROR_INIT;

    if (!request)
        return error_set(err, ERROR_USAGE, "--arch or --release is not UTF-8 text");
    if (probing_run(&probing, request, &answer, &failure, &own) < 0)
        return take_failure(looking, failure, &own, err);
    return take_answer(looking, answer, err);
}

int image_identify(const struct settings *settings, const char *path, const char *folder,
                   struct identity *identity, struct error *err)
{
    auto_fd int kernel = memfd_create("kernel", MFD_CLOEXEC);
    auto_fd int ramdisk = memfd_create("ramdisk", MFD_CLOEXEC);
    json_auto_t *all = json_incref(identity->storage);
    const struct looking looking = {settings, path, folder, all, kernel};

    if (kernel < 0 || ramdisk < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a place for the kernel");
    int result = look(&looking, ramdisk, err);
    identity_free(identity);
    identity_read(all, identity);
    return result;
}
