/* eliloader identify FILE|URL|DISK: what it is, for people and for programs. See commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/child.h"
#include "common/escape.h"
#include "distros/recognise.h"
#include "loader/boot/kernel_support.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/commands/identify_source.h"
#include "loader/commands/json_print.h"

/* It is not known, or something is wrong with it. */
#define STATUS_NOT_GOOD 1

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* "  LABEL      TEXT", TEXT escaped; nothing when TEXT is NULL. */
static void print_line(const char *label, const char *text)
{
    auto_free char *safe = text ? text_escape(text) : NULL;

    if (safe)
        printf("  %-10s %s\n", label, safe);
}

/* The kernel's support for Xen, also where it is in a guest's disk. */
static void print_xen(const json_t *object)
{
    const json_t *xen = json_object_get(object, "xen"), *pv = json_object_get(xen, "pv");
    const char *arch = text_of(xen, "arch");
    struct kernel_support support = {.known = json_is_boolean(pv),
                                     .pv = json_is_true(pv),
                                     .pvh = json_is_true(json_object_get(xen, "pvh")),
                                     .why = (char *)(uintptr_t)text_of(xen, "why")};

    if (!json_is_object(xen))
        return;
    snprintf(support.arch, sizeof support.arch, "%s", arch ? arch : "");
    auto_free char *line = kernel_support_text(&support);
    print_line("Xen", line);
}

static const char *kind_title(const json_t *object)
{
    static const char *const titles[][2] = {
        {"repository", "a repository"}, {"iso", "an ISO 9660 image"}, {"ramdisk", "a ramdisk"},
        {"kernel", "a kernel"},         {"disk", "a disk"},
    };
    const char *kind = text_of(object, "kind");

    for (size_t i = 0; kind && i < ARRAY_SIZE(titles); i++)
        if (strcmp(titles[i][0], kind) == 0)
            return titles[i][1];
    return "unknown";
}

static void print_title(const json_t *object)
{
    auto_free char *source = text_escape(text_of(object, "source"));
    const json_t *size = json_object_get(object, "size");
    char text[TEXT_SIZE_LENGTH];

    printf("%s: %s", source, kind_title(object));
    if (json_is_integer(size))
        printf(", %s", text_from_size((uint64_t)json_integer_value(size), text));
    putchar('\n');
}

static void print_iso(const json_t *iso)
{
    const json_t *verified = json_object_get(iso, "verified");
    const char *md5 = text_of(iso, "md5");
    const char *state = json_is_true(verified)    ? "verified"
                        : json_is_false(verified) ? "WRONG: the image is damaged"
                                                  : "not verified";

    print_line("label", text_of(iso, "label"));
    if (md5) {
        auto_free char *line = xasprintf("%s (implanted; %s)", md5, state);
        print_line("MD5", line);
    }
}

static void print_tree(const json_t *tree)
{
    static const char *const facts[] = {"name", "version", "arch"};
    auto_buffer struct buffer line = BUFFER_INIT(4096);
    const char *release = text_of(tree, "release"), *codename = text_of(tree, "codename");

    for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
        if (text_of(tree, facts[i]))
            (void)buffer_addf(&line, "%s%s", line.length ? " " : "", text_of(tree, facts[i]));
    print_line("tree", line.length ? buffer_text(&line) : NULL);
    print_line("family", text_of(tree, "family"));
    print_line("metadata", text_of(tree, "metadata"));
    buffer_clear(&line);
    (void)buffer_addf(&line, "%s", codename ? codename : release ? release : "");
    if (release && json_is_true(json_object_get(tree, "release_assumed")))
        (void)buffer_addf(&line, " (%s was assumed; --release=RELEASE names another)", release);
    print_line("release", line.length ? buffer_text(&line) : NULL);
}

static void print_file(const char *label, const json_t *file, bool sums)
{
    const char *place = text_of(file, "url") ? text_of(file, "url") : text_of(file, "path");
    const char *compression = text_of(file, "compression"), *content = text_of(file, "content");
    char size[TEXT_SIZE_LENGTH];

    if (!place)
        return;
    text_from_size((uint64_t)json_integer_value(json_object_get(file, "size")), size);
    auto_free char *line = xasprintf("%s, %s", place, size);
    print_line(label, line);
    if (compression && (content || strcmp(compression, "none") != 0)) {
        auto_free char *how =
            xasprintf("%s, compression: %s", content ? content : "content unknown", compression);
        print_line("", how);
    }
    if (!sums)
        return;
    auto_free char *md5 = xasprintf("MD5 %s", text_of(file, "md5") ? text_of(file, "md5") : "-");
    auto_free char *sha256 =
        xasprintf("SHA-256 %s", text_of(file, "sha256") ? text_of(file, "sha256") : "-");
    print_line("", md5);
    print_line("", sha256);
}

static void print_entry(const json_t *object)
{
    const json_t *entry = json_object_get(object, "entry");
    const char *overlay = text_of(entry, "overlay");

    if (!json_is_object(json_object_get(object, "ramdisk")))
        return;
    if (!json_is_object(entry)) {
        print_line("entry", "none: the ramdisk would be used as it came");
        return;
    }
    auto_free char *line =
        xasprintf("%s (%s, line %lld): %s%s%s", text_of(entry, "name"), text_of(entry, "table"),
                  (long long)json_integer_value(json_object_get(entry, "line")),
                  overlay ? text_of(entry, "type") : "needs no overlay", overlay ? " overlay " : "",
                  overlay ? overlay : "");
    print_line("entry", line);
}

/* What a VM's record has to say, and what the installer's kernel would be told then. */
static void print_round_one(const json_t *object)
{
    const json_t *tree = json_object_get(object, "tree");
    const char *family = text_of(tree, "family"), *arch = text_of(tree, "arch");
    const char *codename = text_of(tree, "codename"), *release = text_of(tree, "release");
    const char *known = arch && arch_known(arch) ? arch : NULL;
    bool debian = family && strcmp(family, "debianlike") == 0;

    if (!family || !json_is_object(json_object_get(object, "kernel")))
        return;
    if (!codename)
        codename = release;
    auto_free char *line = xasprintf(
        "install-distro=%s%s%s%s%s", family, known ? " install-arch=" : "", known ? known : "",
        debian && codename ? " debian-release=" : "", debian && codename ? codename : "");
    print_line("round one", line);
    const char *arguments = text_of(object, "arguments");
    print_line("args", arguments && *arguments ? arguments : NULL);
}

static void print_disk(const json_t *disk)
{
    const json_t *boot = json_object_get(disk, "boot"), *partition;
    const json_t *first = json_array_get(json_object_get(disk, "disks"), 0);
    size_t i;

    if (!json_is_object(disk))
        return;
    print_line("table", text_of(first, "table"));
    json_array_foreach(json_object_get(first, "partitions"), i, partition)
    {
        const char *type = text_of(partition, "type"), *label = text_of(partition, "label");
        auto_free char *line = xasprintf(
            "%lld: %s%s%s", (long long)json_integer_value(json_object_get(partition, "number")),
            type ? type : "unknown", label ? " " : "", label ? label : "");
        print_line("partition", line);
    }
    print_line("boots", json_is_object(boot) ? text_of(boot, "title") : "nothing");
    print_line("kernel", text_of(boot, "kernel"));
}

static void print_all(const json_t *object)
{
    bool disk = json_is_object(json_object_get(object, "disk"));
    const json_t *problem;
    size_t i;

    print_title(object);
    print_iso(json_object_get(object, "iso"));
    print_tree(json_object_get(object, "tree"));
    print_file("kernel", json_object_get(object, "kernel"),
               strcmp(text_of(object, "kind"), "kernel") == 0);
    if (!disk)
        print_xen(object);
    print_file("ramdisk", json_object_get(object, "ramdisk"), true);
    print_entry(object);
    print_round_one(object);
    print_disk(json_object_get(object, "disk"));
    if (disk)
        print_xen(object);
    json_array_foreach(json_object_get(object, "problems"), i, problem)
        print_line("problem", json_string_value(problem));
}

static bool is_good(const json_t *object)
{
    const char *kind = text_of(object, "kind");

    if (strcmp(kind, "disk") == 0)
        return json_is_object(json_object_get(json_object_get(object, "disk"), "boot"));
    if ((strcmp(kind, "repository") == 0 || strcmp(kind, "iso") == 0) &&
        !json_is_object(json_object_get(object, "tree")))
        return false;
    return json_array_size(json_object_get(object, "problems")) == 0;
}

int command_identify(const struct settings *settings, struct error *err)
{
    auto_identified struct identified identified = IDENTIFIED_INIT;

    if (settings->operand_count != 1)
        return error_set(err, ERROR_USAGE,
                         "identify takes one FILE, URL or DISK (--help tells more)");
    if (settings->arch && !arch_known(settings->arch))
        return error_set(err, ERROR_USAGE, "--arch is '%s', which is none of " ARCH_NAMES,
                         settings->arch);
    signals_hold();
    if (identify(settings, settings->operands[0], &identified, err) < 0)
        return -1;
    if (settings->json) {
        if (json_print(identified.json, err) < 0)
            return -1;
    } else {
        print_all(identified.json);
    }
    if (finish_output(err) < 0)
        return -1;
    return is_good(identified.json) ? 0 : STATUS_NOT_GOOD;
}
