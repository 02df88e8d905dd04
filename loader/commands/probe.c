/* eliloader probe DISK…: what a guest's disks would boot, for people and for programs. See
 * commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/child.h"
#include "loader/commands/commands.h"
#include "loader/commands/guest_kernel.h"

/* Nothing boots: as pygrub has it. */
#define STATUS_NOTHING_BOOTS 1

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static uint64_t number_of(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

/* Texts of the answer are escaped by the helper, which nobody trusts: once more, but for the
 * backslashes, which its own escapes begin with. */
static void print_text(const char *before, const char *text, const char *after)
{
    fputs(before, stdout);
    for (size_t length; *text; text += length) {
        length = strcspn(text, "\\");
        auto_free char *safe = text_escape_bytes(text, length, 4 * length);
        fputs(safe, stdout);
        if (text[length]) {
            putchar('\\');
            length++;
        }
    }
    fputs(after, stdout);
}

/* --- the kernel -------------------------------------------------------------------------- */

/* What is known of the chosen entry's kernel. */
struct found {
    bool looked; /* there is something to say */
    struct kernel_support support;
    const char *source; /* the configuration that says so; NULL: the kernel itself */
};

/* A kernel that starts no guest of Xen is a problem like those that the helper found. */
static void add_problem(const struct probed *probed, const struct found *found)
{
    struct probed_entry boot;

    if (!found->looked || !kernel_support_none(&found->support) || !probed_boot(probed, &boot))
        return;
    auto_free char *who = xasprintf("the kernel %s", boot.kernel);
    auto_free char *sentence = kernel_support_sentence(who, found->source);
    json_array_append_new(json_object_get(probed->json, "problems"), json_string(sentence));
}

static void find_support(const struct settings *settings, const struct probed *probed,
                         struct found *found)
{
    struct kernel_support *support = &found->support;

    if (settings->check_kernel)
        found->looked = probed_kernel_look(settings, settings->operands, probed, support);
    else
        found->looked = support->known =
            probed_config(probed, &found->source, &support->pv, &support->pvh);
    add_problem(probed, found);
}

/* --- for people -------------------------------------------------------------------------- */

static void print_disk(const json_t *disk)
{
    const json_t *partitions = json_object_get(disk, "partitions"), *partition;
    char size[TEXT_SIZE_LENGTH], start[TEXT_SIZE_LENGTH];
    size_t i;

    print_text("", text_of(disk, "path"), "");
    printf(": %s, table: ", text_from_size(number_of(disk, "size"), size));
    print_text("", text_of(disk, "table"), "\n");
    if (json_array_size(partitions))
        printf("  %6s  %10s  %10s  %-8s  %s\n", "NUMBER", "START", "SIZE", "TYPE", "LABEL");
    json_array_foreach(partitions, i, partition)
    {
        printf("  %6llu  %10s  %10s", (unsigned long long)number_of(partition, "number"),
               text_from_size(number_of(partition, "offset"), start),
               text_from_size(number_of(partition, "size"), size));
        auto_free char *type = text_escape(text_of(partition, "type"));
        printf("  %-8s", *type ? type : "-");
        print_text("  ", text_of(partition, "label"), "\n");
    }
}

static void print_entry(const json_t *entry, bool chosen)
{
    const json_t *ramdisk;
    size_t i;

    print_text(chosen ? "* " : "  ", text_of(entry, "index"), "  ");
    print_text("", text_of(entry, "title"), "\n");
    printf("        disk     %llu, partition %llu\n",
           (unsigned long long)number_of(entry, "disk") + 1,
           (unsigned long long)number_of(entry, "partition"));
    print_text("        kernel   ", text_of(entry, "kernel"), "\n");
    json_array_foreach(json_object_get(entry, "ramdisks"), i, ramdisk)
    {
        const char *path = json_string_value(ramdisk);
        print_text("        ramdisk  ", path ? path : "", "\n");
    }
    print_text("        args     ", text_of(entry, "args"), "\n");
    print_text("        from     ", text_of(entry, "source"), "\n");
}

static void print_support(const struct found *found)
{
    auto_free char *text = kernel_support_text(&found->support);

    print_text("\nXen: ", text, "");
    if (found->source)
        print_text(" (", found->source, ")");
    putchar('\n');
}

static void print_table(const struct probed *probed, const struct found *found)
{
    const json_t *boot = json_object_get(probed->json, "boot"), *item;
    const json_t *entries = json_object_get(probed->json, "entries");
    const json_t *problems = json_object_get(probed->json, "problems");
    bool shown = false;
    size_t i;

    json_array_foreach(json_object_get(probed->json, "disks"), i, item) print_disk(item);
    printf("\n%s\n", json_array_size(entries) ? "Entries (* is booted):" : "No entries.");
    json_array_foreach(entries, i, item)
    {
        bool chosen = !shown && json_equal(item, boot);
        shown = shown || chosen;
        print_entry(item, chosen);
    }
    if (json_is_null(boot))
        printf("\nNothing boots.\n");
    if (found->looked)
        print_support(found);
    if (json_array_size(problems))
        printf("\nProblems:\n");
    json_array_foreach(problems, i, item)
    {
        const char *problem = json_string_value(item);
        print_text("  ", problem ? problem : "", "\n");
    }
}

/* --- for programs ------------------------------------------------------------------------ */

/* The members KEYS of FROM, and no others: the helper tells eliloader more than it promises to
 * anybody else. */
static json_t *pick(const json_t *from, const char *const *keys)
{
    json_t *object = json_object();

    for (; *keys; keys++) {
        json_t *value = json_object_get(from, *keys);
        json_object_set(object, *keys, value ? value : json_null());
    }
    return object;
}

static json_t *pick_each(const json_t *from, const char *const *keys)
{
    json_t *array = json_array();
    const json_t *item;
    size_t i;

    json_array_foreach(from, i, item) json_array_append_new(array, pick(item, keys));
    return array;
}

static json_t *pick_disks(const json_t *from)
{
    static const char *const keys[] = {"path", "size", "table", NULL};
    static const char *const partition_keys[] = {"number", "offset", "size", "type",
                                                 "label",  "uuid",   NULL};
    json_t *disks = pick_each(from, keys), *disk;
    size_t i;

    json_array_foreach(disks, i, disk) json_object_set_new(
        disk, "partitions",
        pick_each(json_object_get(json_array_get(from, i), "partitions"), partition_keys));
    return disks;
}

static void print_json(const json_t *answer, const struct found *found)
{
    static const char *const keys[] = {"title",  "disk",    "partition", "offset",
                                       "kernel", "ramdisk", "ramdisks",  "args",
                                       "source", "default", NULL};
    const json_t *boot = json_object_get(answer, "boot");
    json_t *shown = json_pack("{s:o, s:o, s:o, s:o, s:O}", "disks",
                              pick_disks(json_object_get(answer, "disks")), "entries",
                              pick_each(json_object_get(answer, "entries"), keys), "boot",
                              json_is_null(boot) ? json_null() : pick(boot, keys), "xen",
                              found->looked ? kernel_support_json(&found->support) : json_null(),
                              "problems", json_object_get(answer, "problems"));

    /* ASCII: a guest's text may hold characters that a terminal takes for controls. */
    if (json_dumpf(shown, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) == 0)
        putchar('\n');
    json_decref(shown);
}

int command_probe(const struct settings *settings, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    struct found found = {.looked = false};
    struct probed_entry boot;

    if (!settings->operand_count)
        return error_set(err, ERROR_USAGE, "probe takes one DISK or more (--help tells more)");
    signals_hold();
    const struct probe_want want = {.family = settings->distro, .arch = settings->arch};

    if (probe_disks(settings, settings->operands, settings->operand_count, &want, &probed, err) < 0)
        return -1;
    find_support(settings, &probed, &found);
    if (settings->json)
        print_json(probed.json, &found);
    else
        print_table(&probed, &found);
    kernel_support_free(&found.support);
    if (fflush(stdout) == EOF || ferror(stdout))
        return error_set_errno(err, ERROR_INTERNAL, "cannot write to stdout");
    return probed_boot(&probed, &boot) ? 0 : STATUS_NOTHING_BOOTS;
}
