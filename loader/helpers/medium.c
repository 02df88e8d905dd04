/* Starts the helper `medium`. See medium.h; the contract is common/protocol/medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/medium.h"

#include <fcntl.h>
#include <string.h>

#include "common/escape.h"
#include "common/protocol/medium.h"
#include "common/text.h"
#include "loader/helpers/call.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/member.h"
#include "loader/host/open_file.h"

/* The largest kernel takes a few seconds of a slow host's time to unpack. Seconds. */
#define LOOK_SECONDS 60
/* The same, and writing it. */
#define UNPACK_SECONDS 120

/* --- whether a kernel can run ------------------------------------------------------------- */

static char *make_request(const struct settings *settings, const char *name, struct error *err)
{
    auto_free char *escaped = text_escape(name);
    json_auto_t *json =
        json_pack("{s:s,s:s,s:b}", "mode", MEDIUM_SUPPORT, "name", escaped, "verify", 0);
    helper_add_user(json, settings);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper medium");
    return text;
}

/* FD to read alone: it may be open to write, which the helper shall not be able to. One that only
 * reads is shared: its file may have a mode by now that does not let us open it again. */
static int to_read(int fd)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", fd);
    int flags = fcntl(fd, F_GETFL);

    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
        return fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return open(self, O_RDONLY | O_CLOEXEC);
}

int kernel_support_look(const struct settings *settings, int fd, const char *name,
                        struct kernel_support *support, struct error *err)
{
    auto_fd int own = to_read(fd);
    auto_free char *request = make_request(settings, name, err);
    const struct helper_call call = {.name = "medium",
                                     .request = request,
                                     .fds = &own,
                                     .fd_count = 1,
                                     .total_seconds = LOOK_SECONDS};
    json_auto_t *answer = NULL;

    *support = KERNEL_SUPPORT_INIT;
    if (!request)
        return -1;
    if (own < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open %s again to look into it", name);
    if (helper_run(&call, &answer, NULL, err) < 0)
        return error_prefix(err, "cannot look into %s", name);
    if (!kernel_support_read(json_object_get(answer, "support"), support))
        return error_set(err, ERROR_INTERNAL, "the helper medium gave an answer that is damaged");
    return 0;
}

/* --- the kernel in a kernel --------------------------------------------------------------- */

void unpacked_free(struct unpacked *unpacked)
{
    kernel_support_free(&unpacked->support);
    *unpacked = UNPACKED_INIT;
}

static char *make_unpack_request(const struct settings *settings, const char *name,
                                 const struct unpack_forms *forms, uint64_t max, struct error *err)
{
    auto_free char *escaped = text_escape(name);
    json_t *names = forms->all ? json_null() : json_array();

    for (size_t i = 0; !forms->all && i < forms->count; i++)
        json_array_append_new(names, json_string(forms->names[i]));
    json_auto_t *json = json_pack("{s:s,s:s,s:b,s:o,s:I}", "mode", MEDIUM_UNPACK, "name", escaped,
                                  "verify", 0, "unpack", names, "unpack_max", (json_int_t)max);
    helper_add_user(json, settings);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper medium");
    return text;
}

/* What ANSWER says, and whether INTO, whose last writer has closed it, is that. */
static int read_unpacked(const json_t *answer, uint64_t max, struct output_file *into,
                         struct unpacked *unpacked, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const char *form = member_text(answer, "form");
    bool good = kernel_support_read(json_object_get(answer, "support"), &unpacked->support);

    if (good && !form && json_is_null(json_object_get(answer, "unpacked")))
        return 0;
    if (output_file_seal(into, err) < 0)
        return -1;
    if (!good || !form || strlen(form) >= sizeof unpacked->form || form[strspn(form, letters)] ||
        !member_fits(answer, "unpacked", into->fd, max))
        return error_set(err, ERROR_INTERNAL, "the helper medium gave an answer that is damaged");
    memcpy(unpacked->form, form, strlen(form) + 1);
    (void)member_number(answer, "unpacked", max, &unpacked->size);
    return 0;
}

int medium_unpack(const struct settings *settings, const struct output_file *kernel,
                  const struct unpack_forms *forms, uint64_t max, const char *name,
                  struct output_file *into, struct unpacked *unpacked, struct error *err)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", kernel->fd);
    auto_fd int in =
        kernel->sealed ? fcntl(kernel->fd, F_DUPFD_CLOEXEC, 0) : open(self, O_RDONLY | O_CLOEXEC);
    auto_fd int out = output_file_write_fd(into, err);
    auto_free char *request = make_unpack_request(settings, name, forms, max, err);
    json_auto_t *answer = NULL;

    *unpacked = UNPACKED_INIT;
    if (out < 0 || !request)
        return -1;
    if (in < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open %s again to unpack it", name);
    const int fds[] = {in, out};
    const struct helper_call call = {.name = "medium",
                                     .request = request,
                                     .fds = fds,
                                     .fd_count = ARRAY_SIZE(fds),
                                     .total_seconds = UNPACK_SECONDS};
    if (helper_run(&call, &answer, NULL, err) < 0)
        return -1;
    close_fd(&out);
    return read_unpacked(answer, max, into, unpacked, err);
}

/* --- what a file is ----------------------------------------------------------------------- */

int medium_identify(const struct settings *settings, const char *path, struct identity *identity,
                    struct error *err)
{
    auto_fd int fd = disk_open(path, "file", true, ERROR_INVALID_SOURCE, err);
    auto_free char *name = text_escape(path);
    json_auto_t *json = json_pack("{s:s,s:b}", "name", name, "verify", (int)settings->verify);
    helper_add_user(json, settings);
    auto_free char *request = json ? json_dumps(json, JSON_COMPACT) : NULL;
    const struct helper_call call = {.name = "medium",
                                     .request = request,
                                     .fds = &fd,
                                     .fd_count = 1,
                                     .silence_seconds = HELPER_SILENCE,
                                     .total_seconds = helper_seconds(settings),
                                     .total_setting = "fetch-timeout",
                                     .doing = settings->verify ? "verifying" : "reading",
                                     .quiet = settings->quiet};
    json_auto_t *answer = NULL;

    if (fd < 0)
        return -1;
    if (!request)
        return error_set(err, ERROR_INTERNAL, "cannot make the request for the helper medium");
    if (helper_run(&call, &answer, NULL, err) < 0)
        return -1;
    identity_read(answer, identity);
    if (!identity->kind || !identity->self.has_size)
        return error_set(err, ERROR_INTERNAL, "the helper medium gave an answer that is damaged");
    return 0;
}
