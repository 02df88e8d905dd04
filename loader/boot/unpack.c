/* Which kernels are unpacked, and where to. See unpack.h.
 *
 * What Xen's domain builder (tools/libs/guest/xg_dom_bzimageloader.c, before 4.15
 * tools/libxc/xc_dom_bzimageloader.c) can unpack of a bzImage: gzip, and bzip2, lzma, xz and lzo
 * where it was built with their libraries; lz4 since 4.4; zstd since 4.15, which few built with its
 * library, so that 4.16 counts here. Of arm64 it takes Images, and gzip around them
 * (xg_dom_armzimageloader.c), and in no version a zboot image.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/unpack.h"

#include <string.h>

#include "common/log.h"
#include "common/protocol/medium.h"
#include "distros/arch.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/limits.h"

static const struct {
    const char *form;
    unsigned major, minor; /* of the first Xen that knows it */
} since[] = {
    {"zstd", 4, 16},
    {"lz4", 4, 4},
};

/* Of these no Xen knows how. */
static const struct {
    const char *form, *arch;
} never[] = {
    {MEDIUM_FORM_ZBOOT, "aarch64"},
};

size_t unpack_needed(const char *arch, const struct xen_version *xen,
                     const char *names[UNPACK_NAMES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_SIZE(since); i++)
        if (xen && xen_version_before(xen, since[i].major, since[i].minor))
            names[count++] = since[i].form;
    for (size_t i = 0; i < ARRAY_SIZE(never); i++)
        if (strcmp(arch_rpm(arch), never[i].arch) == 0)
            names[count++] = never[i].form;
    return count;
}

/* --- how large ---------------------------------------------------------------------------- */

static uint64_t find_max(const struct settings *settings, uint64_t kernel_max,
                         const struct outputs *outputs)
{
    uint64_t max, room = limits_room(settings, outputs->directory);

    if (__builtin_mul_overflow(kernel_max, UNPACK_TIMES, &max) || max > MEDIUM_UNPACKED_MAX)
        max = MEDIUM_UNPACKED_MAX;
    return max < room ? max : room;
}

static int say_limit(const struct outputs *outputs, struct error *err)
{
    if (err->name != ERROR_LIMITS)
        return -1;
    return error_hint(err,
                      "unpacked it may have %d times its kernel-max-size, %llu MiB at most, and "
                      "what room there is in %s beside output-reserve",
                      UNPACK_TIMES, (unsigned long long)MEDIUM_UNPACKED_MAX >> 20,
                      outputs->directory);
}

/* --- together ----------------------------------------------------------------------------- */

/* Takes it in the place of the packed one. */
static void take(const struct settings *settings, const char *who, const struct unpacked *unpacked,
                 struct output_file *into, struct outputs *outputs)
{
    outputs_drop(outputs, &outputs->kernel);
    outputs->kernel = *into;
    *into = OUTPUT_FILE_INIT;
    outputs->unpacked = true;
    log_step("%s: unpacked from %s, %llu bytes%s", who, unpacked->form,
             (unsigned long long)unpacked->size,
             settings->unpack_kernel == UNPACK_YES ? ""
                                                   : ", for this host's Xen cannot do that itself");
}

static int unpack(const struct settings *settings, const struct unpack_forms *forms,
                  enum guest_kind kind, uint64_t kernel_max, const char *who,
                  struct outputs *outputs, struct error *err)
{
    struct output_file into = OUTPUT_FILE_INIT;
    auto_unpacked struct unpacked unpacked = UNPACKED_INIT;
    uint64_t max = find_max(settings, kernel_max, outputs);

    if (max == 0) {
        error_set(err, ERROR_LIMITS, "%s cannot be unpacked: there is no room for it", who);
        return say_limit(outputs, err);
    }
    int result = outputs_make(outputs, &into, err);
    if (result == 0 &&
        medium_unpack(settings, &outputs->kernel, forms, max, who, &into, &unpacked, err) < 0)
        result = say_limit(outputs, err);
    if (result == 0 && unpacked.size)
        take(settings, who, &unpacked, &into, outputs);
    outputs_drop(outputs, &into);
    /* who asks for check-kernel has heard it already */
    if (result == 0 && unpacked.size && unpacked.support.known && !settings->check_kernel)
        result =
            kernel_support_judge(kind, unpacked.support.pv, unpacked.support.pvh, who, NULL, err);
    return result;
}

int unpack_kernel(const struct settings *settings, enum guest_kind kind, uint64_t kernel_max,
                  const char *who, struct outputs *outputs, struct error *err)
{
    const char *names[UNPACK_NAMES_MAX];
    struct unpack_forms forms = {.names = names, .all = settings->unpack_kernel == UNPACK_YES};
    struct xen_version xen;

    if (settings->unpack_kernel == UNPACK_NO || outputs->kernel.fd < 0)
        return 0;
    if (!forms.all)
        forms.count = unpack_needed(arch_own(), xen_version_read(&xen) ? &xen : NULL, names);
    if (!forms.all && !forms.count)
        return 0;
    return unpack(settings, &forms, kind, kernel_max, who, outputs, err);
}
