/* Where a VM stands, by its record. See rounds_state.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/rounds_state.h"

#include <string.h>

#include "distros/distros.h"
#include "distros/families.h"
#include "distros/recognise.h"

/* How the words begin that the end of an installation records for pygrub. */
#define RECORDED_WORDS "--kernel /"

bool rounds_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* --- where the VM stands ----------------------------------------------------------------- */

bool rounds_marked(const struct record *record)
{
    const char *marker;
    return record_get(record, RECORD_CONFIG, ROUNDS_NATIVE, &marker, NULL) == 0 &&
           rounds_same(marker, "true");
}

bool rounds_installed(const struct record *record)
{
    const char *bootloader;
    if (record_get(record, NULL, "PV_bootloader", &bootloader, NULL) < 0 || !bootloader)
        return false;
    const char *slash = strrchr(bootloader, '/');
    const char *name = slash ? slash + 1 : bootloader;
    return *name && strcmp(name, "eliloader") != 0;
}

bool rounds_has_repository(const struct record *record)
{
    const char *repository;
    return record_get(record, RECORD_CONFIG, "install-repository", &repository, NULL) < 0 ||
           (repository && *repository);
}

/* True when install-distro may have been taken out: the end of an installation sets the marker, or
 * pygrub, before it does, and the step to another round sets its number. */
static bool distro_may_be_taken(const struct record *record)
{
    const char *round;
    uint64_t number;
    if (rounds_marked(record) || rounds_installed(record))
        return true;
    return record_get(record, RECORD_CONFIG, "install-round", &round, NULL) == 0 && round &&
           text_to_number(round, ROUNDS_MAX, &number) && number > 1;
}

int rounds_family(const struct record *record, const char **family, struct error *err)
{
    const char *remembered;
    if (record_get(record, RECORD_CONFIG, "install-distro", family, err) < 0 ||
        record_get(record, RECORD_CONFIG, ROUNDS_DISTRO, &remembered, err) < 0)
        return -1;
    bool open = !*family || strcmp(*family, RECOGNISE_AUTO) == 0;
    if (open && remembered && *remembered && distro_may_be_taken(record))
        *family = remembered;
    return 0;
}

/* The state of a VM whose install-round is the text ROUND. */
static int state_of_round(const struct record *record, const char *round, enum vm_state *state,
                          struct error *err)
{
    uint64_t number;
    const char *name;
    *state = VM_DONE;
    if (strcmp(round, ROUNDS_DONE) == 0)
        return 0;
    if (!text_to_number(round, ROUNDS_MAX, &number) || number == 0)
        return error_set(err, ERROR_INTERNAL,
                         "VM %s: install-round is '%s', which is neither the number of a round "
                         "nor '" ROUNDS_DONE "'; where its guest is installed: eliloader vm set %s "
                         "install-round=" ROUNDS_DONE
                         "; `eliloader vm reinstall %s` installs it again",
                         record->id, round, record->id, record->id);
    if (rounds_family(record, &name, err) < 0)
        return -1;
    const struct distro *distro = distro_find(name ? name : FAMILY_DEFAULT);
    if (number == 1)
        *state = rounds_has_repository(record) ? VM_FIRST_ROUND : VM_UNDECIDED;
    else
        *state = distro && number <= distro->last_round ? VM_SECOND_ROUND : VM_UNDECIDED;
    return 0;
}

int rounds_state(const struct record *record, enum vm_state *state, struct error *err)
{
    const char *round, *bootloader;
    if (record_get(record, RECORD_CONFIG, "install-round", &round, err) < 0 ||
        record_get(record, NULL, "PV_bootloader", &bootloader, err) < 0)
        return -1;
    if (rounds_installed(record)) {
        *state = VM_LEFT;
        return 0;
    }
    if (round)
        return state_of_round(record, round, state, err);
    if (rounds_marked(record)) {
        *state = VM_DONE;
        return 0;
    }
    return state_of_round(record, "1", state, err);
}

/* --- what was recorded for pygrub -------------------------------------------------------- */

bool rounds_recorded(const struct record *record)
{
    const char *args, *old;
    return record_get(record, NULL, "PV_bootloader_args", &args, NULL) == 0 && args &&
           record_get(record, RECORD_CONFIG, ROUNDS_BOOTLOADER_ARGS, &old, NULL) == 0 && old &&
           text_starts(args, RECORDED_WORDS);
}

int rounds_before(const struct record *record, const char *field, const char *memory,
                  const char **value, struct error *err)
{
    const char *old;
    if (record_get(record, NULL, field, value, err) < 0 ||
        record_get(record, RECORD_CONFIG, memory, &old, err) < 0)
        return -1;
    if (old && rounds_recorded(record))
        *value = old;
    return 0;
}

int rounds_bootloader_args(const struct record *record, const char **value, struct error *err)
{
    return rounds_before(record, "PV_bootloader_args", ROUNDS_BOOTLOADER_ARGS, value, err);
}

int rounds_pv_args(const struct record *record, const char **value, struct error *err)
{
    return rounds_before(record, "PV_args", ROUNDS_PV_ARGS, value, err);
}
