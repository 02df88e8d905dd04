/* The family "netbsdlike": NetBSD, whose installer is a kernel with its ramdisk inside, made for PV
 * guests: binary/kernel/netbsd-INSTALL_XEN3_DOMU.gz of a release, below the folder of its port. On
 * i386 only the kernel with PAE is left. The same folder has SHA512, in which sums stand as BSD's
 * programs write them:
 *   SHA512 (netbsd-INSTALL_XEN3_DOMU.gz) = HEX
 * The installer asks for all that it wants to know.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "distros/arch.h"
#include "distros/checksums.h"
#include "distros/family.h"
#include "distros/lines.h"

#define SUMS "SHA512"

static const char *kernel_name(const char *arch)
{
    return strcmp(arch_deb(arch), "i386") == 0 ? "netbsd-INSTALL_XEN3PAE_DOMU.gz"
                                               : "netbsd-INSTALL_XEN3_DOMU.gz";
}

/* The release, the folder of its port, and that of its kernels, as the repository's root. */
static const char *const folders[] = {"%s/binary/kernel/", "binary/kernel/", ""};

static char *folder_at(size_t number, const char *arch)
{
    return number == 0 ? xasprintf("%s/binary/kernel/", arch_deb(arch)) : xstrdup(folders[number]);
}

/* "SHA512 (PATH) = HEX" */
static bool take_sum(const char *line, size_t length, struct listed_sum *sum)
{
    static const char start[] = SUMS " (", middle[] = ") = ";
    const char *end = memmem(line, length, middle, strlen(middle));

    if (!end || length < strlen(start) || memcmp(line, start, strlen(start)) != 0)
        return false;
    *sum = (struct listed_sum){
        .digest = DIGEST_SHA512, .path = line + strlen(start), .hex = end + strlen(middle)};
    sum->path_length = (size_t)(end - sum->path);
    sum->hex_length = (size_t)(line + length - sum->hex);
    trim(&sum->hex, &sum->hex_length);
    return true;
}

/* 1: PATH is such a list of NetBSD's; 0: it is not there, or something else; -1 with ERR. */
static int use_sums(struct tree_plan *plan, const char *folder, const char *path, struct error *err)
{
    static const char netbsd[] = "netbsd-";
    int found = plan_read(plan, path, err), known = 0;
    struct listed_sum sum;
    struct lines lines;
    const char *line;
    size_t length;

    if (found <= 0)
        return found;
    lines_start(&lines, path, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0) {
        if (!take_sum(line, length, &sum))
            continue;
        known |= sum.path_length > strlen(netbsd) && memcmp(sum.path, netbsd, strlen(netbsd)) == 0;
        if (plan_sum(plan, &lines, folder, &sum, err) < 0)
            return -1;
    }
    return found < 0 ? -1 : known;
}

static int netbsd_plan(struct tree_plan *plan, struct error *err)
{
    const char *arch = plan->request->arch, *name = kernel_name(arch);
    int found = 0;

    for (size_t i = 0; !plan->decided && i < ARRAY_SIZE(folders); i++) {
        auto_free char *folder = folder_at(i, arch);
        auto_free char *kernel = xasprintf("%s%s", folder, name);

        if (plan_add(plan, *folder ? folder : name, kernel, NULL, err) < 0)
            return -1;
    }
    for (size_t i = 0; found == 0 && i < ARRAY_SIZE(folders); i++) {
        auto_free char *folder = folder_at(i, arch);
        auto_free char *path = xasprintf("%s" SUMS, folder);

        found = use_sums(plan, folder, path, err);
        if (found > 0) {
            plan->tree->metadata = take_pointer(path);
            tree_fact(&plan->tree->name, "NetBSD", strlen("NetBSD"));
            tree_fact(&plan->tree->arch, arch_deb(arch), strlen(arch_deb(arch)));
        }
    }
    return found < 0 ? -1 : 0;
}

static int netbsd_recognise(struct look *look, struct error *err)
{
    if (look_plan_any(look, &netbsd_family, err) < 0)
        return -1;
    return look->out->tree.metadata ? look_accept(look, &netbsd_family) : 0;
}

/* It reads no filesystem of NetBSD's but the oldest. */
static bool netbsd_pygrub_boots(const char *tree_name, const char *tree_version)
{
    (void)tree_name;
    (void)tree_version;
    return false;
}

static const enum guess_way ways[] = {GUESS_OWN, GUESS_END};

const struct family netbsd_family = {
    .distro = {.name = "netbsdlike", .last_round = 1, .no_ramdisk = true},
    .plan = netbsd_plan,
    .pygrub_boots = netbsd_pygrub_boots,
    .recognise = netbsd_recognise,
    .ways = ways,
};
