/* Starts the helper `fsprobe` and checks the shape of its answer once, so that nobody else
 * has to. See fsprobe.h; the contract is ../common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fsprobe.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "common/protocol/fsprobe.h"
#include "loader/helpers/call.h"
#include "loader/helpers/limits.h"
#include "loader/host/open_file.h"

/* No disk that can be read takes so long, and no half gigabyte so much longer. Seconds. */
#define PROBE_SECONDS 20
#define COPY_SECONDS  120

#define OUTPUTS 2 /* the kernel's and the ramdisk's */

/* What one probe is about, and what it holds open. */
struct probing {
    const struct settings *settings;
    char *const *disks;
    size_t count;
    struct probe_want want;
    struct fetch_limits limits;
    int fds[GUEST_DISKS_MAX + OUTPUTS];
    size_t opened;
};

/* --- the request ------------------------------------------------------------------------- */

static json_t *names_json(const struct probing *probing)
{
    json_t *names = json_array();

    for (size_t i = 0; i < probing->count; i++) {
        auto_free char *name = text_escape(probing->disks[i]);
        json_array_append_new(names, json_string(name));
    }
    return names;
}

static json_t *select_json(const struct probe_want *want)
{
    json_t *select = json_pack("{s:s?,s:s?,s:s?}", "entry", want->entry, "kernel", want->kernel,
                               "ramdisk", want->ramdisk);

    if (select && want->has_offset)
        json_object_set_new(select, "offset", json_integer((json_int_t)want->offset));
    if (select && want->has_partition)
        json_object_set_new(select, "partition", json_integer((json_int_t)want->partition));
    return select;
}

static json_t *copy_json(const struct probing *probing)
{
    if (!probing->want.outputs)
        return json_null();
    return json_pack("{s:I,s:I}", "kernel_max", (json_int_t)probing->limits.kernel_max,
                     "ramdisk_max", (json_int_t)probing->limits.ramdisk_max);
}

static char *make_request(const struct probing *probing, struct error *err)
{
    const struct probe_want *want = &probing->want;
    json_t *request =
        json_pack("{s:o, s:s?, s:s?, s:o, s:o, s:I}", "disks", names_json(probing), "family",
                  want->family, "arch", want->arch, "select", select_json(want), "copy",
                  copy_json(probing), "uid", (json_int_t)probing->settings->runas);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;

    json_decref(request);
    /* jansson takes no text that is not UTF-8. */
    if (!text)
        error_set(err, ERROR_USAGE,
                  "cannot ask for that entry, kernel or ramdisk: it is not UTF-8");
    return text;
}

/* --- descriptors ------------------------------------------------------------------------- */

static int open_disks(struct probing *probing, struct error *err)
{
    for (size_t i = 0; i < probing->count; i++) {
        int fd = disk_open(probing->disks[i], "disk", true, ERROR_INTERNAL, err);
        if (fd < 0)
            return -1;
        probing->fds[probing->opened++] = fd;
    }
    return 0;
}

static int open_outputs(struct probing *probing, struct error *err)
{
    struct outputs *outputs = probing->want.outputs;

    if (!outputs)
        return 0;
    struct output_file *const files[OUTPUTS] = {&outputs->kernel, &outputs->ramdisk};
    for (size_t i = 0; i < OUTPUTS; i++) {
        int fd = outputs_make(outputs, files[i], err) < 0 ? -1 : outputs_write_fd(files[i], err);
        if (fd < 0)
            return -1;
        probing->fds[probing->opened++] = fd;
    }
    return 0;
}

static void close_all(struct probing *probing)
{
    while (probing->opened > 0)
        close_fd(&probing->fds[--probing->opened]);
}

static void drop_outputs(struct outputs *outputs)
{
    outputs_drop(outputs, &outputs->ramdisk);
    outputs_drop(outputs, &outputs->kernel);
}

/* --- the answer -------------------------------------------------------------------------- */

static bool texts_are_clean(const json_t *entry)
{
    static const char *const keys[] = {"kernel", "ramdisk", "args", "title",
                                       "source", "index",   "id"};

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

/* A number from 0 to MAX; one that is missing is 0. */
static bool number_is_sound(const json_t *entry, const char *key, json_int_t max)
{
    json_int_t value = json_integer_value(json_object_get(entry, key));

    return value >= 0 && value <= max;
}

static bool entry_is_whole(const json_t *entry, size_t disk_count)
{
    const char *kernel = json_string_value(json_object_get(entry, "kernel"));

    return kernel && kernel[0] == '/' && json_is_integer(json_object_get(entry, "disk")) &&
           number_is_sound(entry, "disk", (json_int_t)disk_count - 1) &&
           number_is_sound(entry, "offset", INT64_MAX) &&
           number_is_sound(entry, "partition", UINT_MAX) &&
           number_is_sound(entry, "number", UINT_MAX) && texts_are_clean(entry) &&
           ramdisks_are_clean(json_object_get(entry, "ramdisks"));
}

static bool config_is_whole(const json_t *config)
{
    const char *path = json_string_value(json_object_get(config, "path"));

    return !config || json_is_null(config) ||
           (path && text_is_clean(path) && json_is_boolean(json_object_get(config, "pv")) &&
            json_is_boolean(json_object_get(config, "pvh")));
}

static int check_answer(const json_t *answer, size_t disk_count, struct error *err)
{
    const json_t *entries = json_object_get(answer, "entries"), *entry;
    const json_t *boot = json_object_get(answer, "boot");
    size_t i;

    bool whole = json_is_array(json_object_get(answer, "disks")) && json_is_array(entries) &&
                 json_is_array(json_object_get(answer, "problems")) &&
                 (json_is_null(boot) || entry_is_whole(boot, disk_count)) &&
                 config_is_whole(json_object_get(answer, "config"));
    json_array_foreach(entries, i, entry) whole = whole && entry_is_whole(entry, disk_count);
    if (!whole)
        return error_set(err, ERROR_INTERNAL, "the helper fsprobe gave an answer that is damaged");
    return 0;
}

/* What is in the file counts, not what the helper says. */
static int check_file(const struct output_file *file, const char *kind, uint64_t max,
                      const json_t *size, struct error *err)
{
    struct stat status;

    if (!json_is_integer(size) || json_integer_value(size) <= 0 || fstat(file->fd, &status) < 0 ||
        (uint64_t)status.st_size != (uint64_t)json_integer_value(size) ||
        (uint64_t)status.st_size > max)
        return error_set(err, ERROR_INTERNAL,
                         "the helper fsprobe gave a %s that does not fit its answer", kind);
    return 0;
}

static int check_copies(const struct probing *probing, const json_t *answer, struct error *err)
{
    struct outputs *outputs = probing->want.outputs;
    const json_t *copied = json_object_get(answer, "copied");
    const json_t *ramdisk = json_object_get(copied, "ramdisk");

    if (!json_is_object(json_object_get(answer, "boot"))) {
        drop_outputs(outputs);
        return 0;
    }
    if (check_file(&outputs->kernel, "kernel", probing->limits.kernel_max,
                   json_object_get(copied, "kernel"), err) < 0)
        return -1;
    if (!ramdisk || json_is_null(ramdisk)) {
        outputs_drop(outputs, &outputs->ramdisk);
        return 0;
    }
    return check_file(&outputs->ramdisk, "ramdisk", probing->limits.ramdisk_max, ramdisk, err);
}

/* --- together ---------------------------------------------------------------------------- */

static int run(const struct probing *probing, const char *request, json_t **answer,
               struct error *err)
{
    const struct helper_call call = {.name = "fsprobe",
                                     .request = request,
                                     .fds = probing->fds,
                                     .fd_count = probing->opened,
                                     .total_seconds =
                                         probing->want.outputs ? COPY_SECONDS : PROBE_SECONDS};
    json_auto_t *failure = NULL;

    if (helper_run(&call, answer, &failure, err) == 0)
        return 0;
    const char *file = json_string_value(json_object_get(failure, "file"));
    if (err->name == ERROR_LIMITS && file)
        (void)fetch_limit_hint(probing->settings, &probing->limits,
                               strcmp(file, "kernel") == 0 ? "kernel" : "ramdisk", err);
    return -1;
}

static int probe(struct probing *probing, struct probed *probed, struct error *err)
{
    json_auto_t *answer = NULL;
    auto_free char *request = make_request(probing, err);

    if (!request || open_disks(probing, err) < 0 || open_outputs(probing, err) < 0)
        return -1;
    if (run(probing, request, &answer, err) < 0 || check_answer(answer, probing->count, err) < 0 ||
        (probing->want.outputs && check_copies(probing, answer, err) < 0))
        return error_prefix(err, "cannot %s %s", probing->want.outputs ? "boot from" : "probe",
                            probing->count ? probing->disks[0] : "nothing");
    probed->json = take_pointer(answer);
    return 0;
}

int probe_disks(const struct settings *settings, char *const *disks, size_t count,
                const struct probe_want *want, struct probed *probed, struct error *err)
{
    struct probing probing = {.settings = settings, .disks = disks, .count = count};

    if (count > GUEST_DISKS_MAX)
        return error_set(err, ERROR_USAGE, "%zu disks are more than the %d that are looked at",
                         count, GUEST_DISKS_MAX);
    if (want)
        probing.want = *want;
    probing.limits = (struct fetch_limits){
        .kernel_max = probing.want.kernel_max ? probing.want.kernel_max : settings->kernel_max,
        .ramdisk_max = probing.want.ramdisk_max ? probing.want.ramdisk_max : settings->ramdisk_max,
        .vm = probing.want.vm};
    int result = probe(&probing, probed, err);
    close_all(&probing);
    if (result < 0 && probing.want.outputs)
        drop_outputs(probing.want.outputs);
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
        .id = text_of(json, "id"),
        .source = text_of(json, "source"),
        .number = (unsigned)json_integer_value(json_object_get(json, "number")),
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

bool probed_config(const struct probed *probed, const char **path, bool *pv, bool *pvh)
{
    const json_t *config = json_object_get(probed->json, "config");

    if (!json_is_object(config))
        return false;
    *path = text_of(config, "path");
    *pv = json_is_true(json_object_get(config, "pv"));
    *pvh = json_is_true(json_object_get(config, "pvh"));
    return true;
}

int probed_timeout(const struct probed *probed, bool *said)
{
    const json_t *timeout = json_object_get(probed->json, "timeout");
    json_int_t seconds = json_integer_value(timeout);

    *said = json_is_integer(timeout);
    return *said && seconds >= 0 && seconds <= INT_MAX ? (int)seconds : -1;
}

const char *probed_problem(const struct probed *probed, size_t number)
{
    return json_string_value(json_array_get(json_object_get(probed->json, "problems"), number));
}
