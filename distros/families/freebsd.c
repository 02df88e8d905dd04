/* The family "freebsdlike": FreeBSD, whose CD boots as it will be installed: its own kernel, which
 * starts as a PVH guest, and the CD as root, by the name that /etc/fstab there has for it:
 *   /dev/iso9660/14_0_RELEASE_AMD64_CD / cd9660 ro 0 0
 * Its loader's variables are a guest's arguments. A mirror has sets only (MANIFEST lists them), and
 * the kernel is packed into one of these.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include "distros/family.h"
#include "distros/lines.h"

#define KERNEL   "boot/kernel/kernel"
#define FSTAB    "etc/fstab"
#define MANIFEST "MANIFEST"
#define DEVICE   "/dev/iso9660/"
#define ROOT     "cd9660:" DEVICE

/* "14_0_RELEASE_AMD64_CD" is 14.0-RELEASE. */
static void take_version(struct tree *tree, const char *label, size_t length)
{
    const char *underscore = memchr(label, '_', length);
    size_t major = underscore ? (size_t)(underscore - label) : 0;

    if (major == 0 || !isdigit((unsigned char)*label))
        return;
    const char *minor = underscore + 1, *end = label + length;
    const char *name = memchr(minor, '_', (size_t)(end - minor));
    if (!name)
        return;
    size_t name_length = strcspn(name + 1, "_ \t\n");
    if (name_length > (size_t)(end - name - 1))
        name_length = (size_t)(end - name - 1);
    auto_free char *version = xasprintf("%.*s.%.*s-%.*s", (int)major, label, (int)(name - minor),
                                        minor, (int)name_length, name + 1);
    tree_fact(&tree->version, version, strlen(version));
}

/* The label of the CD that is its own root, into *LABEL, which the caller frees. 1, 0 or -1. */
static int read_fstab(struct tree_plan *plan, char **label, struct error *err)
{
    struct lines lines;
    const char *line, *device, *mount;
    size_t length, size;
    int found = plan_read(plan, FSTAB, err);

    if (found <= 0)
        return found;
    lines_start(&lines, FSTAB, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0) {
        const char *end = line + length;

        size = next_word(&line, end, &device);
        if (size <= strlen(DEVICE) || memcmp(device, DEVICE, strlen(DEVICE)) != 0 ||
            next_word(&line, end, &mount) != 1 || *mount != '/')
            continue;
        *label = xstrndup(device + strlen(DEVICE), size - strlen(DEVICE));
        take_version(plan->tree, *label, strlen(*label));
        plan->tree->metadata = xstrdup(FSTAB);
        return 1;
    }
    return found;
}

/* "base.txz HEX 25000 base …" */
static int read_manifest(struct tree_plan *plan, struct error *err)
{
    int found = plan_read(plan, MANIFEST, err);

    if (found <= 0)
        return found;
    if (!memmem(buffer_text(&plan->text), plan->text.length, "base.txz", strlen("base.txz")))
        return 0;
    plan->tree->metadata = xstrdup(MANIFEST);
    replace_string(
        &plan->tree->doubt,
        xstrdup("has FreeBSD's sets, into which its kernel is packed: install it from its "
                "CD (install-repository=cdrom)"));
    return 1;
}

static int freebsd_plan(struct tree_plan *plan, struct error *err)
{
    auto_free char *label = NULL;
    int found = read_fstab(plan, &label, err);

    if (found == 0)
        found = read_manifest(plan, err);
    if (found > 0)
        tree_fact(&plan->tree->name, "FreeBSD", strlen("FreeBSD"));
    if (found < 0 || plan->decided)
        return found < 0 ? -1 : 0;
    /* The source tells freebsd_words() what the root is. */
    auto_free char *source = label ? xasprintf(ROOT "%s", label) : xstrdup(KERNEL);
    return plan_add(plan, source, KERNEL, NULL, err);
}

static void freebsd_words(const struct install_arguments *arguments, struct installer_words *words)
{
    if (arguments->layout && text_starts(arguments->layout, ROOT))
        words->own[0] =
            (struct installer_argument){"vfs.root.mountfrom", xstrdup(arguments->layout)};
}

static int freebsd_recognise(struct look *look, struct error *err)
{
    if (look_plan_any(look, &freebsd_family, err) < 0)
        return -1;
    return look->out->tree.metadata ? look_accept(look, &freebsd_family) : 0;
}

/* It reads no filesystem of FreeBSD's but the oldest. */
static bool freebsd_pygrub_boots(const char *tree_name, const char *tree_version)
{
    (void)tree_name;
    (void)tree_version;
    return false;
}

static const enum guess_way ways[] = {GUESS_OWN, GUESS_END};

const struct family freebsd_family = {
    .distro = {.name = "freebsdlike", .last_round = 1, .no_ramdisk = true},
    .plan = freebsd_plan,
    .words = freebsd_words,
    .pygrub_boots = freebsd_pygrub_boots,
    .recognise = freebsd_recognise,
    .ways = ways,
};
