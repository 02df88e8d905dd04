/* Starts the helper `fsprobe` and checks the shape of its answer once, so that nobody else
 * has to. See prober.h; the contract is ../fsprobe/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/prober.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/child.h"
#include "common/log.h"
#include "fsprobe/fsprobe.h"
#include "fsprobe/guest.h"

/* No disk that can be read takes so long. Seconds. */
#define PROBE_SECONDS 20

/* --- the request ------------------------------------------------------------------------- */

static char *make_request(const struct settings *settings, char *const *disks, size_t count,
                          const char *family, const char *arch, struct error *err)
{
    json_t *names = json_array(), *request;
    char *text;

    for (size_t i = 0; i < count; i++) {
        autofree char *name = text_escape(disks[i]);
        json_array_append_new(names, json_string(name));
    }
    request = json_pack("{s:o, s:s?, s:s?, s:I}", "disks", names, "family", family, "arch", arch,
                        "uid", (json_int_t)settings->runas);
    text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper fsprobe");
    return text;
}

static int open_disk(const char *path, struct error *err)
{
    struct stat status;
    /* Not blocking: a fifo is refused below, and not waited for. */
    autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the disk %s", path);
    if (fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at the disk %s", path);
    if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
        return error_set(err, ERROR_INTERNAL,
                         "cannot read the disk %s: it is neither a file nor a block device", path);
    return take_fd(&fd);
}

/* --- the answer -------------------------------------------------------------------------- */

static bool texts_are_clean(const json_t *entry)
{
    static const char *const keys[] = {"kernel", "ramdisk", "args", "title", "source", "index"};

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const json_t *value = json_object_get(entry, keys[i]);
        if (value && !json_is_null(value) &&
            (!json_is_string(value) || !text_is_clean(json_string_value(value))))
            return false;
    }
    return true;
}

static bool ramdisks_are_clean(const json_t *ramdisks)
{
    const json_t *path;
    size_t i;

    if (!json_is_array(ramdisks))
        return false;
    json_array_foreach(ramdisks, i, path)
    {
        const char *text = json_string_value(path);
        if (!text || text[0] != '/' || !text_is_clean(text))
            return false;
    }
    return true;
}

static bool entry_is_whole(const json_t *entry, size_t disk_count)
{
    const char *kernel = json_string_value(json_object_get(entry, "kernel"));
    json_int_t disk = json_integer_value(json_object_get(entry, "disk"));

    return kernel && kernel[0] == '/' && json_is_integer(json_object_get(entry, "disk")) &&
           disk >= 0 && (size_t)disk < disk_count &&
           json_integer_value(json_object_get(entry, "offset")) >= 0 &&
           json_integer_value(json_object_get(entry, "partition")) >= 0 && texts_are_clean(entry) &&
           ramdisks_are_clean(json_object_get(entry, "ramdisks"));
}

static int check_answer(const json_t *answer, size_t disk_count, struct error *err)
{
    const json_t *entries = json_object_get(answer, "entries"), *entry;
    const json_t *boot = json_object_get(answer, "boot");
    size_t i;

    bool whole = json_is_array(json_object_get(answer, "disks")) && json_is_array(entries) &&
                 json_is_array(json_object_get(answer, "problems")) &&
                 (json_is_null(boot) || entry_is_whole(boot, disk_count));
    json_array_foreach(entries, i, entry) whole = whole && entry_is_whole(entry, disk_count);
    if (!whole)
        return error_set(err, ERROR_INTERNAL, "the helper fsprobe gave an answer that is damaged");
    return 0;
}

static int take_line(void *context, const char *line, size_t length, struct error *err)
{
    json_t **last = context;
    json_error_t where;
    json_t *object = json_loadb(line, length, 0, &where);

    if (!json_is_object(object)) {
        json_decref(object);
        return error_set(err, ERROR_INTERNAL,
                         "the helper fsprobe answered something that is not JSON: %s", where.text);
    }
    const char *note = json_string_value(json_object_get(object, "note"));
    if (note)
        log_step("%s", note);
    json_decref(*last);
    *last = object;
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

static int run_helper(const char *request, const int *fds, size_t count, json_t **last,
                      struct error *err)
{
    static const char *const argv[] = {"fsprobe", NULL};
    autofree char *path = helper_path("fsprobe", err);
    const struct child_spec spec = {.name = "fsprobe",
                                    .path = path,
                                    .argv = argv,
                                    .input = request,
                                    .separator = '\n',
                                    .fds = fds,
                                    .fd_count = count,
                                    .total_seconds = PROBE_SECONDS,
                                    .line = take_line,
                                    .context = last};
    return path ? child_run(&spec, err) : -1;
}

static int take_answer(json_t *last, size_t count, struct probed *probed, struct error *err)
{
    json_t *answer = json_object_get(last, "answer");
    const json_t *error = json_object_get(last, "error");
    const char *text = json_string_value(json_object_get(error, "text"));

    if (text)
        return error_set(err, ERROR_INTERNAL, "%s", text);
    if (!answer)
        return error_set(err, ERROR_INTERNAL, "the helper fsprobe ended without an answer");
    if (check_answer(answer, count, err) < 0)
        return -1;
    probed->json = json_incref(answer);
    return 0;
}

int probe_disks(const struct settings *settings, char *const *disks, size_t count,
                const char *family, const char *arch, struct probed *probed, struct error *err)
{
    int fds[GUEST_DISKS_MAX];
    size_t opened = 0;
    json_t *last = NULL;
    int result = -1;

    if (count > GUEST_DISKS_MAX)
        return error_set(err, ERROR_USAGE, "%zu disks are more than the %d that are looked at",
                         count, GUEST_DISKS_MAX);
    autofree char *request = make_request(settings, disks, count, family, arch, err);
    if (!request)
        return -1;
    while (opened < count && (fds[opened] = open_disk(disks[opened], err)) >= 0)
        opened++;
    if (opened == count) {
        result = run_helper(request, fds, count, &last, err);
        if (result == 0 || json_object_get(last, "error"))
            result = take_answer(last, count, probed, err);
        if (result < 0)
            error_prefix(err, "cannot probe %s", count ? disks[0] : "nothing");
    }
    while (opened > 0)
        close_fd(&fds[--opened]);
    json_decref(last);
    return result;
}

void probed_free(struct probed *probed)
{
    json_decref(probed->json);
    probed->json = NULL;
}

/* --- reading it -------------------------------------------------------------------------- */

static const char *text_of(const json_t *entry, const char *key)
{
    return json_string_value(json_object_get(entry, key));
}

static bool read_entry(const json_t *json, struct probed_entry *entry)
{
    if (!json_is_object(json))
        return false;
    *entry = (struct probed_entry){
        .title = text_of(json, "title"),
        .index = text_of(json, "index"),
        .source = text_of(json, "source"),
        .disk = (unsigned)json_integer_value(json_object_get(json, "disk")),
        .partition = (unsigned)json_integer_value(json_object_get(json, "partition")),
        .offset = (uint64_t)json_integer_value(json_object_get(json, "offset")),
        .kernel = text_of(json, "kernel"),
        .ramdisk = text_of(json, "ramdisk"),
        .ramdisk_count = json_array_size(json_object_get(json, "ramdisks")),
        .args = text_of(json, "args") ? text_of(json, "args") : "",
    };
    return true;
}

bool probed_boot(const struct probed *probed, struct probed_entry *entry)
{
    return read_entry(json_object_get(probed->json, "boot"), entry);
}

bool probed_entry_at(const struct probed *probed, size_t number, struct probed_entry *entry)
{
    return read_entry(json_array_get(json_object_get(probed->json, "entries"), number), entry);
}

const char *probed_problem(const struct probed *probed, size_t number)
{
    return json_string_value(json_array_get(json_object_get(probed->json, "problems"), number));
}
