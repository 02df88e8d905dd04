/* eliloader fetch REPOSITORY: round one for people, without a VM. See commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fetch.h"

#include <string.h>

#include "common/child.h"
#include "common/nearest.h"
#include "distros/arguments.h"
#include "distros/families.h"
#include "distros/plan.h"
#include "loader/boot/finish.h"
#include "loader/boot/recognition.h"
#include "loader/commands/commands.h"
#include "loader/media/inject_archive.h"
#include "loader/media/medium_tree.h"
#include "loader/media/overlay.h"
#include "loader/media/tables.h"
#include "loader/output/outputs.h"
#include "loader/sources/image_name.h"

/* From a URL, or out of an image in dom0: then the installer is told what it is told from a CD, and
 * *REPOSITORY becomes that. */
static int take(const struct settings *settings, const struct tree_request *request,
                const struct fetch_limits *limits, struct media *media, struct outputs *outputs,
                struct fetched *fetched, const char **repository, struct error *err)
{
    auto_image_name struct image_name name = {.path = NULL};
    int found = image_name_find("fetch", request->repository, &name, err);

    if (found < 0)
        return -1;
    if (found == 0)
        return media_open(settings, media, err) < 0
                   ? -1
                   : fetch_tree(settings, request, settings->proxy, limits,
                                maps_digests(media->maps), outputs, fetched, err);
    char *const disks[] = {name.path};
    const struct tree_medium medium = {disks, 1, name.folder};
    *repository = REPOSITORY_CDROM;
    return medium_tree_take(settings, &medium, request, limits, media, outputs, fetched, err);
}

/* ERR: --distro=FAMILY names none. Returns -1. */
static int refuse_family(const char *family, struct error *err)
{
    struct nearest nearest = NEAREST(family);

    distro_offer(&nearest);
    return error_set(err, ERROR_USAGE, "--distro is '%s', which is none of %s and auto%s", family,
                     distro_names, nearest_hint(&nearest));
}

int command_fetch(const struct settings *settings, struct error *err)
{
    const char *family = settings->distro ? settings->distro : FAMILY_DEFAULT;
    bool automatic = recognition_is_auto(family);
    const struct distro *distro = distro_find(automatic ? FAMILY_DEFAULT : family);
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_fetched struct fetched fetched = FETCHED_INIT;
    auto_media struct media media = MEDIA_INIT;
    auto_inject struct inject inject = INJECT_INIT;
    const struct fetch_limits limits = {.kernel_max = settings->kernel_max,
                                        .ramdisk_max = settings->ramdisk_max};

    if (settings->operand_count != 1)
        return error_set(err, ERROR_USAGE, "fetch takes one REPOSITORY (--help tells more)");
    if (!distro)
        return refuse_family(family, err);
    const struct tree_request request = {.family = family,
                                         .arch = settings->arch ? settings->arch : ARCH_DEFAULT,
                                         .release = settings->release,
                                         .repository = settings->operands[0],
                                         .kernel = settings->kernel,
                                         .ramdisk = settings->ramdisk};
    signals_hold();
    if (inject_open_set(settings, false, &limits, &inject, err) < 0 ||
        outputs_open(&outputs, settings->output_directory, false, err) < 0)
        return -1;
    const char *repository = request.repository;
    int result = take(settings, &request, &limits, &media, &outputs, &fetched, &repository, err);
    recognition_warn(&fetched, "--distro", family, request.repository);
    if (result < 0 || (automatic && !(distro = recognition_taken(&fetched, err))) ||
        overlay_apply(settings, &media, &fetched, &limits, &outputs, "fetch", err) < 0)
        return -1;
    const struct inject_into into = {distro, fetched.ramdisk.url, "fetch"};
    if (inject_append(settings, &inject, &limits, &into, &outputs, err) < 0)
        return -1;
    const struct install_arguments arguments = {
        .distro = distro,
        .repository = fetched.repository ? fetched.repository : repository,
        .tree_name = fetched.tree_name,
        .tree_version = fetched.tree_version,
        .layout = fetched.layout};
    auto_free char *args = distro_arguments(&arguments, err);
    return args ? boot_deliver(settings, ANSWER_SIMPLE, &outputs, args, err) : -1;
}
