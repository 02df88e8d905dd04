/* The host. See host.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/host.h"

#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "loader/boot/limits.h"
#include "loader/check/place.h"
#include "loader/check/users.h"
#include "loader/helpers/pygrub_program.h"
#include "loader/host/xen_version.h"
#include "loader/media/tables.h"
#include "loader/output/ours.h"
#include "loader/record/store.h"
#include "loader/sources/grub.h"

static void check_configuration(struct check_report *report, const struct settings *settings)
{
    if (settings->fault)
        check_say(report, CHECK_FAILED, "configuration",
                  "mend it: until then no guest starts; eliloader.conf(5) lists the settings", "%s",
                  settings->fault);
    else if (access(settings->config, F_OK) < 0)
        check_say(report, CHECK_OK, "configuration", NULL,
                  "there is no %s: all settings have their defaults", settings->config);
    else
        check_say(report, CHECK_OK, "configuration", NULL, "%s can be used", settings->config);
}

/* --- directories ------------------------------------------------------------------------- */

static void check_room(struct check_report *report, const struct settings *settings,
                       const char *place)
{
    uint64_t room = limits_room(settings, place);
    char text[TEXT_SIZE_LENGTH];

    text_from_size(room, text);
    if (room == 0)
        check_say(report, CHECK_FAILED, "directory",
                  "make room there, or lower the setting output-reserve",
                  "%s has no room beside what output-reserve keeps free", place);
    else if (room < settings->kernel_max)
        check_say(report, CHECK_WARNING, "directory",
                  "make room there: a larger kernel or ramdisk is refused",
                  "%s has room for %s, which is less than kernel-max-size", place, text);
    else if (room == UINT64_MAX)
        check_say(report, CHECK_OK, "directory", NULL, "%s: kernels can be put below it", place);
    else
        check_say(report, CHECK_OK, "directory", NULL, "%s has room for %s", place, text);
}

static void check_directory(struct check_report *report, const struct settings *settings)
{
    auto_error struct error why = ERROR_INIT;
    auto_free char *place = place_of(settings->output_directory, &why);

    if (!place) {
        check_say_error(report, CHECK_FAILED, "directory", NULL, &why);
        return;
    }
    if (!directory_is_ours(place, &why) && geteuid() == 0)
        check_say(report, CHECK_FAILED, "directory",
                  "use a directory of root's, below directories of root's "
                  "(`output-directory`)",
                  "the output directory %s cannot be used: %s, who could exchange the kernel",
                  settings->output_directory, why.text);
    else if (access(place, W_OK | X_OK) < 0)
        check_say(report, geteuid() == 0 ? CHECK_FAILED : CHECK_WARNING, "directory",
                  geteuid() == 0 ? "let root write there, or set output-directory"
                                 : "ask as root, who starts guests",
                  "the output directory %s cannot be written to by you", place);
    else
        check_room(report, settings, place);
}

static void check_records(struct check_report *report, const struct settings *settings)
{
    const struct record_places places = {settings->record, settings->record_dir,
                                         settings->xapi_socket};
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    auto_error struct error why = ERROR_INIT;

    if (record_store_choose(&places, NULL, &store, &why) < 0)
        check_say_error(report, CHECK_FAILED, "records", "mend the setting record", &why);
    else if (store.program)
        check_say(report, CHECK_OK, "records", NULL, "%s keeps them", store.program);
    else if (access(settings->record_dir, F_OK) < 0)
        check_say(report, CHECK_OK, "records", NULL,
                  "%s is not there yet: `eliloader vm create` makes it", settings->record_dir);
    else if (access(settings->record_dir, R_OK | X_OK) < 0)
        check_say(report, geteuid() == 0 ? CHECK_FAILED : CHECK_WARNING, "records",
                  "ask as root, who starts guests", "%s cannot be read by you",
                  settings->record_dir);
    else if (settings->record_dir[0] == '/' && !directory_is_ours(settings->record_dir, &why))
        check_say(report, CHECK_WARNING, "records",
                  "give the directory, and those above it, to root alone (mode 0755 or less)",
                  "%s: %s, so that its records count as those of whoever edits a VM",
                  settings->record_dir, why.text);
    else
        check_say(report, CHECK_OK, "records", NULL, "%s is root's or yours alone",
                  settings->record_dir);
}

static void check_cache(struct check_report *report, const struct settings *settings)
{
    auto_error struct error why = ERROR_INIT;

    if (!settings->cache || !*settings->cache)
        return;
    auto_free char *place = settings->cache[0] == '/' ? place_of(settings->cache, &why) : NULL;
    if (!place)
        check_say(report, CHECK_FAILED, "cache", "set cache to an absolute path, or to none",
                  "cache is '%s', which names no directory that could be made", settings->cache);
    else if (!directory_is_ours(place, &why))
        check_say(report, CHECK_FAILED, "cache",
                  "use a directory of root's, below directories of root's: until then nothing is "
                  "kept",
                  "the cache %s is not used: %s", settings->cache, why.text);
    else if (access(place, W_OK | X_OK) < 0)
        check_say(report, geteuid() == 0 ? CHECK_FAILED : CHECK_WARNING, "cache",
                  geteuid() == 0 ? "let root write there, or set cache to another directory"
                                 : "ask as root, who starts guests",
                  "the cache %s cannot be written to by you", settings->cache);
    else
        check_say(report, CHECK_OK, "cache", NULL, "%s can be used", settings->cache);
}

static void check_tables(struct check_report *report, const struct settings *settings)
{
    auto_media struct media media = MEDIA_INIT;
    auto_error struct error why = ERROR_INIT;

    if (media_open(settings, &media, &why) < 0)
        check_say_error(report, CHECK_FAILED, "media", "`eliloader media check` names all of it",
                        &why);
    else
        check_say(report, CHECK_OK, "media", NULL, "tables of installation media: %zu",
                  media.table_count);
}

/* --- who boots --------------------------------------------------------------------------- */

static void check_xen(struct check_report *report)
{
    struct xen_version version;

    if (xen_version_read(&version))
        check_say(report, CHECK_OK, "Xen", NULL, "%u.%u", version.major, version.minor);
    else
        check_say(report, CHECK_WARNING, "Xen",
                  "nothing, where this is not the host of the guests; else boot it with Xen",
                  "there is none here, neither running nor installed");
}

/* What is there is fine; what is not is missed only by who asks for it. */
static void say_found(struct check_report *report, const char *about, const char *found, int result,
                      bool wanted, const char *next, const struct error *why)
{
    if (result == 0)
        check_say(report, CHECK_OK, about, NULL, "%s", found);
    else
        check_say_error(report, wanted ? CHECK_FAILED : CHECK_WARNING, about,
                        wanted ? next
                               : "only guests that need it miss it: eliloader boots the others "
                                 "itself",
                        why);
}

static void check_handoffs(struct check_report *report, const struct settings *settings)
{
    static const struct {
        enum guest_kind kind;
        const char *about;
    } grubs[] = {{GUEST_PV, "GRUB for PV"}, {GUEST_PVH, "GRUB for PVH"}};
    struct pygrub_program program;
    auto_error struct error why = ERROR_INIT;

    report->about = "pygrub";
    int result = pygrub_find(settings, &program, &why);
    say_found(report, "pygrub", program.path ? program.path : "", result,
              settings->handoff == HANDOFF_PYGRUB, "mend that, or set handoff = auto", &why);
    for (size_t i = 0; i < ARRAY_SIZE(grubs); i++) {
        error_clear(&why);
        result = grub_find(settings, grubs[i].kind, &why);
        say_found(report, grubs[i].about,
                  grubs[i].kind == GUEST_PV ? settings->grub_pv : settings->grub_pvh, result,
                  settings->handoff == HANDOFF_GRUB, "mend that, or set handoff = auto", &why);
    }
}

void check_host(struct check_report *report, const struct settings *settings)
{
    check_configuration(report, settings);
    check_directory(report, settings);
    check_records(report, settings);
    check_users(report, settings);
    check_xen(report);
    check_handoffs(report, settings);
    check_cache(report, settings);
    check_tables(report, settings);
}
