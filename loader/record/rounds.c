/* How a VM's record moves from round to round. See rounds.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/rounds.h"

#include "loader/record/rounds_edit.h"

/* --- on to the next round ---------------------------------------------------------------- */

int rounds_advance(const struct record *record, json_t *changes, unsigned next_round,
                   const char *distro, struct error *err)
{
    auto_free char *round = xasprintf("%u", next_round);
    if (rounds_add_tests(record, changes, err) < 0)
        return -1;
    /* What an earlier installation left is not to be taken for this one's. */
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_NATIVE);
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_BOOTLOADER_ARGS);
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_PV_ARGS);
    if (distro && rounds_set(record, changes, RECORD_CONFIG, ROUNDS_DISTRO, distro, err) < 0)
        return -1;
    record_change_set(changes, RECORD_CONFIG, "install-round", round);
    return distro ? rounds_set(record, changes, RECORD_CONFIG, "install-distro", distro, err) : 0;
}

/* --- the end of an installation ---------------------------------------------------------- */

/* FIELD, which NEW_VALUE will replace (NULL: it stays), into its memory; not when an earlier run
 * was stopped after it had overwritten it: what that one remembered is older, and right. */
static int remember_field(const struct record *record, json_t *changes, const char *field,
                          const char *memory, const char *new_value, struct error *err)
{
    const char *now, *old;
    if (record_get(record, NULL, field, &now, err) < 0 ||
        record_get(record, RECORD_CONFIG, memory, &old, err) < 0)
        return -1;
    if (!new_value || (old && (rounds_recorded(record) || rounds_same(now, new_value))))
        return 0;
    return rounds_set(record, changes, RECORD_CONFIG, memory, now ? now : "", err);
}

static int remember(const struct record *record, json_t *changes, const char *bootloader_args,
                    const char *pv_args, struct error *err)
{
    const char *distro;
    if (rounds_family(record, &distro, err) < 0 ||
        rounds_set(record, changes, RECORD_CONFIG, ROUNDS_DISTRO, distro ? distro : "", err) < 0 ||
        remember_field(record, changes, "PV_bootloader_args", ROUNDS_BOOTLOADER_ARGS,
                       bootloader_args, err) < 0 ||
        remember_field(record, changes, "PV_args", ROUNDS_PV_ARGS, pv_args, err) < 0)
        return -1;
    return rounds_remember_limits(record, changes, err);
}

/* Where FIELD stays (NEW_VALUE is NULL), an earlier run may have been stopped after it had recorded
 * something there: back to what it was. */
static int put_field(const struct record *record, json_t *changes, const char *field,
                     const char *memory, const char *new_value, struct error *err)
{
    if (new_value) {
        record_change_set(changes, NULL, field, new_value);
        return 0;
    }
    const char *before;
    if (rounds_before(record, field, memory, &before, err) < 0)
        return -1;
    return before ? rounds_set(record, changes, NULL, field, before, err) : 0;
}

/* PV_bootloader_args tell whether anything is recorded: when something is, they come first, and
 * when it is taken back, they come last. */
static int put_fields(const struct record *record, json_t *changes, const char *bootloader_args,
                      const char *pv_args, struct error *err)
{
    if (bootloader_args &&
        put_field(record, changes, "PV_bootloader_args", NULL, bootloader_args, err) < 0)
        return -1;
    if (put_field(record, changes, "PV_args", ROUNDS_PV_ARGS, pv_args, err) < 0)
        return -1;
    if (!pv_args)
        rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_PV_ARGS);
    if (bootloader_args)
        return 0;
    if (put_field(record, changes, "PV_bootloader_args", ROUNDS_BOOTLOADER_ARGS, NULL, err) < 0)
        return -1;
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_BOOTLOADER_ARGS);
    return 0;
}

/* What nobody reads once PV_bootloader is pygrub. install-round comes last: a number there says
 * that the rest may be there too. */
static void remove_leftovers(const struct record *record, json_t *changes)
{
    rounds_remove_postinstall(record, changes);
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_NATIVE);
    rounds_remove(record, changes, RECORD_CONFIG, "install-distro");
    record_change_remove(changes, RECORD_CONFIG, "install-round");
}

/* So that number is there, too, where it is the default. */
static int say_round(const struct record *record, json_t *changes, struct error *err)
{
    const char *round;
    if (record_get(record, RECORD_CONFIG, "install-round", &round, err) < 0)
        return -1;
    if (!round)
        record_change_set(changes, RECORD_CONFIG, "install-round", "1");
    return 0;
}

int rounds_finish_with_args(const struct record *record, json_t *changes,
                            const char *bootloader_args, const char *pv_args, struct error *err)
{
    if (rounds_add_tests(record, changes, err) < 0 ||
        remember(record, changes, bootloader_args, pv_args, err) < 0 ||
        rounds_move_limits(record, changes, err) < 0 ||
        put_fields(record, changes, bootloader_args, pv_args, err) < 0 ||
        say_round(record, changes, err) < 0)
        return -1;
    record_change_set(changes, NULL, "PV_bootloader", "pygrub");
    remove_leftovers(record, changes);
    return 0;
}

int rounds_finish(const struct record *record, json_t *changes, struct error *err)
{
    return rounds_finish_with_args(record, changes, NULL, NULL, err);
}

int rounds_finish_native(const struct record *record, json_t *changes, struct error *err)
{
    if (rounds_add_tests(record, changes, err) < 0 ||
        remember(record, changes, NULL, NULL, err) < 0 ||
        rounds_move_limits(record, changes, err) < 0 ||
        put_fields(record, changes, NULL, NULL, err) < 0 ||
        /* Before install-round is touched: it says that the VM is installed while that is absent.
         * Before install-distro is: it says that the family is the remembered one. */
        rounds_set(record, changes, RECORD_CONFIG, ROUNDS_NATIVE, "true", err) < 0)
        return -1;
    rounds_remove_postinstall(record, changes);
    rounds_remove(record, changes, RECORD_CONFIG, "install-distro");
    if (rounds_set(record, changes, RECORD_CONFIG, "install-round", ROUNDS_DONE, err) < 0)
        return -1;
    /* After install-round: a number there would be a round again. */
    return rounds_installed(record)
               ? rounds_set(record, changes, NULL, "PV_bootloader", "eliloader", err)
               : 0;
}

/* --- what a stopped run left ------------------------------------------------------------- */

int rounds_complete(const struct record *record, json_t *changes, struct error *err)
{
    const char *round;
    uint64_t number;
    if (record_get(record, RECORD_CONFIG, "install-round", &round, err) < 0)
        return -1;
    if (!rounds_installed(record))
        return rounds_same(round, ROUNDS_DONE) ? 0 : rounds_finish_native(record, changes, err);
    if (!round || !text_to_number(round, ROUNDS_MAX, &number))
        return 0;
    if (rounds_add_tests(record, changes, err) < 0)
        return -1;
    remove_leftovers(record, changes);
    return 0;
}
