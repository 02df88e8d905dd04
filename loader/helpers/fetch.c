/* Starts the helper `fetch`, listens, and trusts nothing of what it says that can be checked.
 * See fetch.h; the contract is common/protocol/fetch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/fetch.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/io.h"
#include "common/libc.h"
#include "common/protocol/fetch.h"
#include "loader/cache/use.h"
#include "loader/helpers/call.h"
#include "loader/helpers/fetch_answer.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/member.h"
#include "loader/helpers/mirrors.h"

/* One run of the helper. */
struct fetching {
    const struct settings *settings;
    const struct fetch_limits *limits;
    unsigned digests; /* of the ramdisk, which somebody will ask for: DIGEST_BITs */
    struct fetched *fetched;
};

/* --- the request ------------------------------------------------------------------------- */

/* A string or null: "s?" of jansson, but NULL-safe for text that is not UTF-8. */
static int add_text(json_t *request, const char *key, const char *value, struct error *err)
{
    json_t *text;

    if (!value)
        return 0;
    text = json_string(value);
    /* It may hold a password. */
    if (!text)
        return error_set(err, ERROR_INVALID_SOURCE, "the %s is not UTF-8 text", key);
    json_object_set_new(request, key, text);
    return 0;
}

static int add_certificates(json_t *request, const char *path, struct error *err)
{
    auto_buffer struct buffer pem = BUFFER_INIT(0);
    int found;

    if (!path)
        return 0;
    found = read_file(path, FETCH_REQUEST_MAX / 2, &pem, err);
    if (found < 0)
        return error_prefix(err, "the CA certificates");
    if (!found)
        return error_set(err, ERROR_USAGE, "there is no file %s of CA certificates (cacert)", path);
    return add_text(request, "cacert", buffer_text(&pem), err);
}

static json_t *digests_json(unsigned digests)
{
    json_t *list = json_array();

    for (enum digest kind = DIGEST_MD5; kind <= DIGEST_SHA512; kind++)
        if (digests & DIGEST_BIT(kind))
            json_array_append_new(list, json_string(digest_name(kind)));
    return list;
}

/* What some runs are asked beside the rest; each may be NULL. */
struct extras {
    const unsigned *digests;
    json_t *bound;
    const struct cache_use *cache;
};

static char *make_request(const struct settings *settings, const char *mode,
                          const struct tree_request *tree, const char *proxy,
                          const struct fetch_limits *limits, const struct extras *extras,
                          struct error *err)
{
    static const char *const redirects[] = {[REDIRECTS_DEFAULT] = NULL,
                                            [REDIRECTS_PRIVATE] = FETCH_REDIRECTS_PRIVATE,
                                            [REDIRECTS_ANY] = FETCH_REDIRECTS_ANY};
    char *text = NULL;
    json_t *request = json_pack(
        "{s:I, s:I, s:i, s:i, s:i, s:b, s:s}", "kernel_max", (json_int_t)limits->kernel_max,
        "ramdisk_max", (json_int_t)limits->ramdisk_max, "connect_timeout",
        (int)settings->connect_timeout, "stall_timeout", (int)settings->stall_timeout,
        "total_timeout", (int)settings->fetch_timeout, "downgrade", (int)settings->allow_downgrade,
        "agent", "eliloader/" ELILOADER_VERSION);
    helper_add_user(request, settings);
    if (extras->bound)
        json_object_set(request, "bound", extras->bound);
    if (extras->digests)
        json_object_set_new(request, "digests", digests_json(*extras->digests));
    if (extras->cache)
        cache_use_offer(extras->cache, request);

    if (request && add_text(request, "mode", mode, err) == 0 &&
        add_text(request, "repository", tree->repository, err) == 0 &&
        add_text(request, "family", tree->family, err) == 0 &&
        add_text(request, "arch", tree->arch, err) == 0 &&
        add_text(request, "release", tree->release, err) == 0 &&
        add_text(request, "kernel", tree->kernel, err) == 0 &&
        add_text(request, "ramdisk", tree->ramdisk, err) == 0 &&
        add_text(request, "proxy", proxy, err) == 0 &&
        add_text(request, "redirects", redirects[settings->redirects], err) == 0 &&
        add_certificates(request, settings->cacert, err) == 0)
        text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    return text;
}

char *fetch_make_request(const struct settings *settings, const char *mode,
                         const struct tree_request *tree, const char *proxy,
                         const struct fetch_limits *limits, struct error *err)
{
    return make_request(settings, mode, tree, proxy, limits, &(struct extras){NULL, NULL, NULL},
                        err);
}

/* What a failed run's error says besides its sentence, which is in ERR. */
static int take_failure(const struct fetching *fetching, const json_t *failure, struct error *err)
{
    const char *file = member_text(failure, "file");

    fetched_read_recognised(failure, fetching->fetched);
    fetching->fetched->no_kernel = json_is_true(json_object_get(failure, "no_kernel"));
    if (err->name != ERROR_LIMITS || !file)
        return -1;
    return fetch_limit_hint(fetching->settings, fetching->limits,
                            strcmp(file, "kernel") == 0 ? "kernel" : "ramdisk", err);
}

/* --- digests ------------------------------------------------------------------------------- */

int fetch_digest(const struct settings *settings, int fd, char sha256[65], char *md5,
                 struct error *err)
{
    const unsigned digests = DIGEST_BIT(DIGEST_SHA256) | (md5 ? DIGEST_BIT(DIGEST_MD5) : 0);
    const struct extras extras = {&digests, NULL, NULL};
    auto_free char *self = xasprintf("/proc/self/fd/%d", fd);
    /* At its beginning, whoever has read it before. */
    auto_fd int own = open(self, O_RDONLY | O_CLOEXEC);
    json_auto_t *answer = NULL;
    struct stat status;

    if (own < 0 || fstat(own, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open a file to take its digests");
    if (status.st_size <= 0)
        return error_set(err, ERROR_INTERNAL, "it is empty");
    const struct fetch_limits limits = {.kernel_max = (uint64_t)status.st_size,
                                        .ramdisk_max = (uint64_t)status.st_size};
    auto_free char *request =
        make_request(settings, FETCH_SUMS, &(struct tree_request){0}, NULL, &limits, &extras, err);
    const struct helper_call call = {.name = "fetch",
                                     .request = request,
                                     .fds = &own,
                                     .fd_count = 1,
                                     .silence_seconds = HELPER_SILENCE,
                                     .total_seconds = helper_seconds(settings),
                                     .total_setting = "fetch-timeout",
                                     .quiet = settings->quiet};
    if (!request || helper_run(&call, &answer, NULL, err) < 0)
        return -1;
    if (!member_hex(answer, "sha256", sha256, 64) || (md5 && !member_hex(answer, "md5", md5, 32)))
        return error_set(err, ERROR_INTERNAL, "the helper fetch gave an answer that is damaged");
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

/* KERNEL and RAMDISK: where the helper writes. *ANSWER is the caller's to free, and so is *FAILURE,
 * which may be NULL. */
static int run_helper(const struct fetching *fetching, const char *request, int kernel, int ramdisk,
                      json_t **answer, json_t **failure, struct error *err)
{
    const int fds[] = {kernel, ramdisk};
    const struct helper_call call = {.name = "fetch",
                                     .request = request,
                                     .fds = fds,
                                     .fd_count = ARRAY_SIZE(fds),
                                     .silence_seconds = HELPER_SILENCE,
                                     .total_seconds = helper_seconds(fetching->settings),
                                     .total_setting = "fetch-timeout",
                                     .doing = "fetching",
                                     .quiet = fetching->settings->quiet};

    return helper_run(&call, answer, failure, err);
}

/* The same for both files, or one, which FETCHING's outputs have. */
static int bring(const struct fetching *fetching, const char *request, int kernel, int ramdisk,
                 json_t **answer, json_t **failure, struct error *err)
{
    int result = run_helper(fetching, request, kernel, ramdisk, answer, failure, err);

    return *failure ? take_failure(fetching, *failure, err) : result;
}

/* What the host has is taken from its cache. As cache_use_take(). */
static int take_held(const struct fetching *fetching, struct cache_use *cache, json_t *answer,
                     struct outputs *outputs, struct error *err)
{
    const struct fetch_limits *limits = fetching->limits;
    bool md5 = fetching->digests & DIGEST_BIT(DIGEST_MD5);
    int result = cache_use_take(cache, answer, "kernel", limits->kernel_max, false, outputs,
                                &outputs->kernel, err);
    const char *blamed = "kernel";

    if (result == 0) {
        blamed = "ramdisk";
        result = cache_use_take(cache, answer, blamed, limits->ramdisk_max, md5, outputs,
                                &outputs->ramdisk, err);
    }
    if (result < 0 && err->name == ERROR_LIMITS)
        return fetch_limit_hint(fetching->settings, limits, blamed, err);
    return result;
}

/* From the present one of MIRRORS, with what CACHE has. 0; 1: that cannot be used after all; -1
 * with ERR. */
static int fetch_once(struct fetching *fetching, const struct mirrors *mirrors,
                      const struct tree_request *asked, const char *proxy, struct cache_use *cache,
                      struct outputs *outputs, json_t **failure, struct error *err)
{
    struct tree_request request = *asked;
    auto_fd int kernel = -1, ramdisk = -1;
    json_auto_t *answer = NULL;

    const struct extras extras = {&fetching->digests, mirrors->bound, cache};

    request.repository = mirrors->repository;
    auto_free char *text =
        make_request(fetching->settings, NULL, &request, proxy, fetching->limits, &extras, err);
    if (!text || outputs_make(outputs, &outputs->kernel, err) < 0 ||
        outputs_make(outputs, &outputs->ramdisk, err) < 0 ||
        (kernel = output_file_write_fd(&outputs->kernel, err)) < 0 ||
        (ramdisk = output_file_write_fd(&outputs->ramdisk, err)) < 0 ||
        bring(fetching, text, kernel, ramdisk, &answer, failure, err) < 0)
        return -1;
    close_fd(&kernel);
    close_fd(&ramdisk);
    int held = take_held(fetching, cache, answer, outputs, err);
    if (held != 0)
        return held;
    if (output_file_seal(&outputs->kernel, err) < 0 ||
        output_file_seal(&outputs->ramdisk, err) < 0 ||
        fetched_read(answer, outputs->kernel.fd, outputs->ramdisk.fd, fetching->limits,
                     fetching->digests, fetching->fetched, err) < 0)
        return -1;
    cache_use_enter(cache, json_object_get(answer, "kernel"), outputs->kernel.fd);
    if (fetching->fetched->has_ramdisk)
        cache_use_enter(cache, json_object_get(answer, "ramdisk"), outputs->ramdisk.fd);
    else
        outputs_drop(outputs, &outputs->ramdisk);
    fetching->fetched->repository = xstrdup(mirrors->repository);
    return 0;
}

/* What a run that is over said of itself, and what it has written. */
static void begin_anew(struct fetching *fetching, struct outputs *outputs)
{
    fetched_free(fetching->fetched);
    *fetching->fetched = FETCHED_INIT;
    outputs_drop(outputs, &outputs->kernel);
    outputs_drop(outputs, &outputs->ramdisk);
}

/* The same, and once more where the host's cache was of no use. */
static int fetch_from(struct fetching *fetching, struct mirrors *mirrors,
                      const struct tree_request *asked, const char *proxy, struct outputs *outputs,
                      json_t **failure, struct error *err)
{
    const struct settings *settings = fetching->settings;
    bool own_proxy = proxy && (!settings->proxy || strcmp(proxy, settings->proxy) != 0);
    auto_cache_use struct cache_use cache;

    cache_use_start(&cache, settings, mirrors->repository, own_proxy, fetch_digest);
    for (unsigned turn = 0;; turn++) {
        /* Twice is enough for a cache that is as it should be. */
        if (turn == 2)
            cache_use_end(&cache);
        if (cache_use_queue(&cache, turn > 0, settings->fetch_timeout, err) < 0)
            return -1;
        if (cache.repository)
            mirrors_hurry(mirrors);
        int result = fetch_once(fetching, mirrors, asked, proxy, &cache, outputs, failure, err);
        if (result <= 0 && !json_is_true(json_object_get(*failure, "changed")))
            return result;
        if (turn == 2)
            return result < 0 ? result : error_set(err, ERROR_INTERNAL, "the cache is of no use");
        begin_anew(fetching, outputs);
        error_clear(err);
        json_decref(*failure);
        *failure = NULL;
    }
}

int fetch_tree(const struct settings *settings, const struct tree_request *request,
               const char *proxy, const struct fetch_limits *limits, unsigned digests,
               struct outputs *outputs, struct fetched *fetched, struct error *err)
{
    auto_mirrors struct mirrors mirrors;
    struct fetching fetching = {&mirrors.settings, limits, digests, fetched};

    mirrors_start(&mirrors, settings, request->repository);
    for (;;) {
        json_auto_t *failure = NULL;

        if (fetch_from(&fetching, &mirrors, request, proxy, outputs, &failure, err) == 0)
            return 0;
        if (!mirrors_next(&mirrors, failure, err))
            return -1;
        begin_anew(&fetching, outputs);
    }
}

int fetch_ramdisk(const struct settings *settings, const char *repository, const char *path,
                  const char *proxy, const struct fetch_limits *limits, struct outputs *outputs,
                  struct error *err)
{
    auto_fetched struct fetched fetched = FETCHED_INIT;
    struct fetching fetching = {settings, limits, 0, &fetched};
    const struct tree_request request = {.repository = repository, .ramdisk = path};
    const struct extras extras = {&fetching.digests, NULL, NULL};
    auto_free char *text =
        make_request(settings, FETCH_RAMDISK, &request, proxy, limits, &extras, err);
    auto_fd int none = open("/dev/null", O_WRONLY | O_CLOEXEC), ramdisk = -1;
    json_auto_t *answer = NULL, *failure = NULL;

    if (none < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open /dev/null");
    if (!text || outputs_make(outputs, &outputs->ramdisk, err) < 0 ||
        (ramdisk = output_file_write_fd(&outputs->ramdisk, err)) < 0 ||
        bring(&fetching, text, none, ramdisk, &answer, &failure, err) < 0)
        return -1;
    close_fd(&ramdisk);
    if (output_file_seal(&outputs->ramdisk, err) < 0)
        return -1;
    return fetched_read_ramdisk(answer, outputs->ramdisk.fd, limits, &fetched, err);
}

int fetch_identify(const struct settings *settings, const char *mode,
                   const struct tree_request *request, json_t *bound, int *kernel,
                   struct identity *identity, json_t **failure, struct error *err)
{
    const struct fetch_limits limits = {.kernel_max = settings->kernel_max,
                                        .ramdisk_max = settings->ramdisk_max};
    struct fetching fetching = {.settings = settings, .limits = &limits};
    const struct extras extras = {NULL, bound, NULL};
    auto_free char *text =
        make_request(settings, mode, request, settings->proxy, &limits, &extras, err);
    auto_fd int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    auto_fd int memory = memfd_create("kernel", MFD_CLOEXEC);
    const struct output_file file = {.fd = memory};
    json_auto_t *answer = NULL;

    *kernel = -1;
    if (nowhere < 0 || memory < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a place for the kernel");
    auto_fd int output = output_file_write_fd(&file, err);
    if (!text || output < 0 ||
        run_helper(&fetching, text, output, nowhere, &answer, failure, err) < 0)
        return -1;
    *kernel = take_fd(&memory);
    identity_read(answer, identity);
    return 0;
}

static void free_file(struct fetched_file *file)
{
    replace_string(&file->url, NULL);
    replace_string(&file->verified, NULL);
}

void fetched_free(struct fetched *fetched)
{
    free_file(&fetched->kernel);
    free_file(&fetched->ramdisk);
    replace_string(&fetched->repository, NULL);
    replace_string(&fetched->layout, NULL);
    replace_string(&fetched->family, NULL);
    replace_string(&fetched->recognised_family, NULL);
    replace_string(&fetched->recognised_as, NULL);
    replace_string(&fetched->tree_metadata, NULL);
    replace_string(&fetched->tree_name, NULL);
    replace_string(&fetched->tree_version, NULL);
    replace_string(&fetched->tree_arch, NULL);
}
