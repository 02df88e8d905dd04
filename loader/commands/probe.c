/* eliloader probe DISK…: what a guest's disks would boot, for people and for programs. See
 * commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/child.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/commands/guest_kernel.h"
#include "loader/commands/json_print.h"
#include "loader/commands/probe_tree.h"
#include "loader/commands/probed_json.h"

/* Nothing boots: as in bootloader mode; 1 is for disks that cannot be looked at. */
#define STATUS_NOTHING_BOOTS 3

/* --- the kernel -------------------------------------------------------------------------- */

/* What is known of the chosen entry's kernel. */
struct found {
    bool looked; /* there is something to say */
    struct kernel_support support;
    const char *source; /* the configuration that says so; NULL: the kernel itself */
    char *problem;      /* a sentence, where it starts no guest of Xen; or NULL */
};

/* A kernel that starts no guest of Xen is a problem like those that the helper found. */
static void add_problem(const struct probed *probed, struct found *found)
{
    struct probed_entry boot;

    if (!found->looked || !kernel_support_none(&found->support) || !probed_boot(probed, &boot))
        return;
    auto_free char *who = xasprintf("the kernel %s", boot.kernel);
    found->problem = kernel_support_sentence(who, found->source);
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

static void print_entry(const struct probed_entry *entry, bool chosen)
{
    probe_print_text(chosen ? "* " : "  ", entry->index, "  ");
    probe_print_text("", entry->title, "\n");
    printf("        disk     %llu, partition %u\n", entry->disk + 1ULL, entry->partition);
    if (entry->volume)
        probe_print_text("        volume   ", entry->volume, "\n");
    probe_print_text("        kernel   ", entry->kernel,
                     entry->unified ? " (a unified kernel image)\n" : "\n");
    for (size_t i = 0; i < entry->ramdisk_count; i++)
        probe_print_text("        ramdisk  ", entry->ramdisks[i],
                         entry->unified ? " (in that image or an addon)\n" : "\n");
    probe_print_text("        args     ", entry->args, "\n");
    probe_print_text("        from     ", entry->source, "\n");
}

static void print_support(const struct found *found)
{
    auto_free char *text = kernel_support_text(&found->support);

    probe_print_text("\nXen: ", text, "");
    if (found->source)
        probe_print_text(" (", found->source, ")");
    putchar('\n');
}

static void print_entries(const struct probed *probed)
{
    bool shown = false;

    printf("\n%s\n", probed->entry_count ? "Entries (* is booted):" : "No entries.");
    for (size_t i = 0; i < probed->entry_count; i++) {
        bool chosen = !shown && probed->boots && probed_same(&probed->entries[i], &probed->boot);
        shown = shown || chosen;
        print_entry(&probed->entries[i], chosen);
    }
    if (!probed->boots)
        printf("\nNothing boots.\n");
}

static void print_problems(const struct probed *probed, const struct found *found)
{
    if (probed->problem_count || found->problem)
        printf("\nProblems:\n");
    for (size_t i = 0; i < probed->problem_count; i++)
        probe_print_text("  ", probed->problems[i], "\n");
    if (found->problem)
        probe_print_text("  ", found->problem, "\n");
}

static void print_table(const struct probed *probed, const struct found *found)
{
    probe_tree_print(probed);
    print_entries(probed);
    if (found->looked)
        print_support(found);
    print_problems(probed, found);
}

/* --- for programs ------------------------------------------------------------------------ */

static int print_json(const struct probed *probed, const struct found *found, struct error *err)
{
    json_t *problems = probed_json_problems(probed);
    json_t *shown = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "disks", probed_json_disks(probed),
                              "volumes", probed_json_volumes(probed), "entries",
                              probed_json_entries(probed), "boot", probed_json_boot(probed), "xen",
                              found->looked ? kernel_support_json(&found->support) : json_null(),
                              "problems", problems);

    if (found->problem)
        json_array_append_new(problems, json_string(found->problem));
    int result = json_print(shown, err);
    json_decref(shown);
    return result;
}

int command_probe(const struct settings *settings, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    struct found found = {.looked = false};
    struct probed_entry boot;
    int result = 0;

    if (!settings->operand_count)
        return error_set(err, ERROR_USAGE, "probe takes one DISK or more (--help tells more)");
    signals_hold();
    const struct probe_want want = {.family = settings->distro,
                                    .arch = settings->arch,
                                    .well_known = settings->well_known,
                                    .subvolumes = true};

    if (probe_disks(settings, settings->operands, settings->operand_count, &want, &probed, err) < 0)
        return -1;
    find_support(settings, &probed, &found);
    if (settings->json)
        result = print_json(&probed, &found, err);
    else
        print_table(&probed, &found);
    kernel_support_free(&found.support);
    replace_string(&found.problem, NULL);
    if (result < 0)
        return -1;
    if (finish_output(err) < 0)
        return -1;
    return probed_boot(&probed, &boot) ? 0 : STATUS_NOTHING_BOOTS;
}
