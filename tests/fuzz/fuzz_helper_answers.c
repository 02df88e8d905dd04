/* Fuzz target: what helpers that were taken over answer.
 *
 * The first byte of the input chooses whose answer is read, the rest is what the helper says, in
 * lines (pygrub: in items that end in a NUL). Whatever it is, it is refused with a sentence, or is
 * what the readers promise: digests of hexadecimal digits, paths that are absolute, numbers in
 * their bounds, texts without control characters.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "distros/families.h"
#include "loader/helpers/call.h"
#include "loader/helpers/digest.h"
#include "loader/helpers/fetch_answer.h"
#include "loader/helpers/fsprobe_answer.h"
#include "loader/helpers/identity.h"
#include "loader/helpers/member.h"
#include "loader/helpers/menu.h"
#include "loader/helpers/pygrub.h"

#define DISKS     2
#define FILE_SIZE 6 /* bytes of each file that a helper wrote */
#define LIMIT     100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static int file_fd(void)
{
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("file", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, FILE_SIZE) < 0)
        abort();
    return fd;
}

/* --- the readers --------------------------------------------------------------------------- */

static bool is_clean(const char *text)
{
    return !text || text_is_clean(text);
}

static void check_entry(const struct probed_entry *entry)
{
    must(entry->disk < DISKS && entry->offset <= INT64_MAX && entry->args);
    must(entry->kernel[0] == '/' && entry->ramdisk_count <= PROBED_RAMDISKS_MAX);
    must(is_clean(entry->kernel) && is_clean(entry->args) && is_clean(entry->title));
    must(is_clean(entry->id) && is_clean(entry->index) && is_clean(entry->source));
    must(entry->ramdisk == (entry->ramdisk_count ? entry->ramdisks[0] : NULL));
    for (size_t i = 0; i < entry->ramdisk_count; i++)
        must(entry->ramdisks[i][0] == '/' && is_clean(entry->ramdisks[i]));
    must(probed_same(entry, entry));
}

static void check_disk(const struct probed_disk *disk)
{
    must(is_clean(disk->path) && is_clean(disk->table) && disk->size <= INT64_MAX);
    must(disk->partition_count <= PROBED_PARTITIONS_MAX);
    for (size_t i = 0; i < disk->partition_count; i++) {
        const struct probed_partition *partition = &disk->partitions[i];
        must(partition->offset <= INT64_MAX && partition->size <= INT64_MAX);
        must(is_clean(partition->type) && is_clean(partition->label) && is_clean(partition->uuid));
    }
}

static void read_probed(json_t *answer, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    struct probed_entry entry;

    if (probed_read(answer, DISKS, &probed, err) < 0) {
        must(err->text && !probed.known);
        return;
    }
    must(probed.known && probed.disk_count <= DISKS && probed.entry_count <= PROBED_ENTRIES_MAX);
    for (size_t i = 0; i < probed.disk_count; i++)
        check_disk(&probed.disks[i]);
    for (size_t i = 0; probed_entry_at(&probed, i, &entry); i++)
        check_entry(&entry);
    if (probed_boot(&probed, &entry))
        check_entry(&entry);
    for (size_t i = 0; i < probed.problem_count; i++)
        must(is_clean(probed_problem(&probed, i)));
}

static bool is_hex(const char *text, size_t digits)
{
    return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

static void check_file(const struct fetched_file *file)
{
    must(file->url && file->size == FILE_SIZE && is_hex(file->md5, 32) && is_hex(file->sha256, 64));
}

static void read_fetched(json_t *answer, struct error *err)
{
    const struct fetch_limits limits = {.kernel_max = LIMIT, .ramdisk_max = LIMIT};
    auto_fetched struct fetched fetched = FETCHED_INIT;

    if (fetched_read(answer, file_fd(), file_fd(), &limits, DIGESTS_OF_TABLES, &fetched, err) < 0) {
        must(err->text != NULL);
        return;
    }
    check_file(&fetched.kernel);
    must(fetched.layout != NULL);
    if (fetched.has_ramdisk)
        check_file(&fetched.ramdisk);
}

static void read_identity(json_t *answer, struct error *err)
{
    auto_identity struct identity identity = IDENTITY_INIT;
    const struct identity_file *const files[] = {&identity.self, &identity.kernel,
                                                 &identity.ramdisk};

    (void)err;
    identity_read(answer, &identity);
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        must(files[i]->size <= INT64_MAX && (files[i]->has_size || !files[i]->size));
        must(!*files[i]->md5 || is_hex(files[i]->md5, 32));
        must(!*files[i]->sha256 || is_hex(files[i]->sha256, 64));
    }
    must(!identity.tree.known || distro_find(identity.tree.family));
    must(identity.support.known || (!identity.support.pv && !identity.support.pvh));
    must(identity.problem_count <= IDENTITY_PROBLEMS_MAX);
}

static void read_sums(json_t *answer, struct error *err)
{
    struct ramdisk_sums sums;

    if (sums_read(answer, &sums, err) < 0)
        must(err->text != NULL);
    else
        must(sums.size > 0 && is_hex(sums.md5, 32) && is_hex(sums.sha256, 64));
}

static void read_ramdisk(json_t *answer, struct error *err)
{
    (void)err;
    must(!member_fits(answer, "size", file_fd(), FILE_SIZE - 1));
    (void)!member_fits(answer, "size", file_fd(), LIMIT);
}

static void read_menu(json_t *answer, struct error *err)
{
    struct probed_entry entries[] = {{.number = 0, .kernel = "/k", .args = ""},
                                     {.number = 3, .kernel = "/k", .args = ""}};
    const struct probed probed = {.entries = entries, .entry_count = ARRAY_SIZE(entries)};
    auto_menu_choice struct menu_choice choice = MENU_CHOICE_INIT;

    if (menu_read(&probed, answer, &choice, err) < 0) {
        must(err->text && !choice.entry && !choice.args && !choice.kernel && !choice.ramdisk);
        return;
    }
    must(is_clean(choice.args) && is_clean(choice.kernel) && is_clean(choice.ramdisk));
    must(!choice.entry || strcmp(choice.entry, "0") == 0 || strcmp(choice.entry, "3") == 0);
    must(!choice.kernel || (*choice.kernel == '/' && choice.args && !choice.entry));
}

/* --- what it says -------------------------------------------------------------------------- */

/* Hands TEXT to HEAR part by part, as common/child.c does. As HEAR. */
static int hear_all(const char *text, size_t size, char separator,
                    int (*hear)(void *, const char *, size_t, struct error *), void *context,
                    struct error *err)
{
    while (size > 0) {
        const char *end = memchr(text, separator, size);
        size_t length = end ? (size_t)(end - text) : size;
        auto_free char *line = xmalloc(length + 1);

        memcpy(line, text, length);
        line[length] = '\0';
        if (hear(context, line, length, err) < 0)
            return -1;
        length += end != NULL;
        text += length;
        size -= length;
    }
    return 0;
}

static void hear_pygrub(const char *text, size_t size)
{
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};
    auto_error struct error err = ERROR_INIT;

    if (hear_all(text, size, '\0', pygrub_hear, &answer, &err) < 0)
        must(err.text != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(json_t *, struct error *) = {
        read_probed, read_fetched, read_identity, read_sums, read_ramdisk, read_menu};
    const struct helper_call call = {.name = "fuzz"};
    struct helper_talk talk = {.call = &call};
    auto_error struct error err = ERROR_INIT, why = ERROR_INIT;
    json_auto_t *answer = NULL, *failure = NULL;

    if (size < 1)
        return 0;
    size_t choice = data[0] % (ARRAY_SIZE(readers) + 1);
    const char *text = (const char *)data + 1;
    if (choice == ARRAY_SIZE(readers)) {
        hear_pygrub(text, size - 1);
        return 0;
    }
    int heard = hear_all(text, size - 1, '\n', helper_hear, &talk, &err);
    if (helper_conclude(&talk, heard, &answer, &failure, &err) < 0) {
        struct fetched fetched = FETCHED_INIT;
        must(err.text && !answer);
        fetched_read_recognised(failure, &fetched);
        fetched_free(&fetched);
        return 0;
    }
    must(json_is_object(answer) && !failure);
    readers[choice](answer, &why);
    return 0;
}
