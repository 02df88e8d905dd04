/* What was fetched as JSON. See answer.h and common/protocol/fetch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/answer.h"

#include <stdlib.h>

#include "common/protocol/recognised.h"
#include "distros/plan.h"
#include "loader/fetch/bound.h"

/* NULL: nobody has asked for it. */
static const char *hex_of(const struct checksum *sum)
{
    return sum->digest == DIGEST_NONE ? NULL : sum->hex;
}

static json_t *file_json(const struct fetch_result_file *file)
{
    return json_pack("{s:o,s:I,s:s?,s:s?,s:s?,s:o,s:o,s:b}", "url", report_text(file->url), "size",
                     (json_int_t)file->size, "md5", hex_of(&file->md5), "sha256",
                     hex_of(&file->sha256), "verified", digest_name(file->verified), "path",
                     report_text(file->path), "validator", report_text(file->validator), "held",
                     (int)file->held);
}

static int answer_sums(const struct report *report, const struct sums *sums)
{
    return report_answer(report, json_pack("{s:I,s:s?,s:s?,s:s?}", "size", (json_int_t)sums->size,
                                           "md5", hex_of(&sums->md5), "sha256",
                                           hex_of(&sums->sha256), "type", sums->type));
}

int fetch_answer(const struct report *report, const struct fetch_result *fetched)
{
    if (fetched->sums_taken)
        return answer_sums(report, &fetched->sums);
    const struct tree *tree = &fetched->tree;
    json_t *tree_json = json_pack("{s:o,s:o,s:o,s:o}", "metadata", report_text(tree->metadata),
                                  "name", report_text(tree->name), "version",
                                  report_text(tree->version), "arch", report_text(tree->arch));
    json_t *ramdisk = fetched->has_ramdisk ? file_json(&fetched->ramdisk) : json_null();
    json_t *kernel = fetched->kernel.url ? file_json(&fetched->kernel) : json_null();
    return report_answer(report, json_pack("{s:o,s:s?,s:o,s:o,s:o,s:o,s:o}", "layout",
                                           report_text(fetched->layout), "family", fetched->family,
                                           "recognised", recognised_json(&fetched->recognised),
                                           "tree", tree_json, "kernel", kernel, "ramdisk", ramdisk,
                                           "problem", report_text(fetched->problem)));
}

int fetch_answer_error(const struct report *report, const struct error *err, const char *file,
                       const struct fetch_result *fetched)
{
    return report_failure(report, err,
                          json_pack("{s:s?,s:b,s:b,s:o,s:o}", "file", file, "no_kernel",
                                    (int)fetched->no_kernel, "changed", (int)fetched->changed,
                                    "recognised", recognised_json(&fetched->recognised), "bound",
                                    bound_json(&fetched->tree)));
}

static void fetched_file_free(struct fetch_result_file *file)
{
    free(file->url);
    free(file->path);
    free(file->validator);
    *file = (struct fetch_result_file){0};
}

void fetch_result_free(struct fetch_result *fetched)
{
    recognised_free(&fetched->recognised);
    free(fetched->problem);
    tree_free(&fetched->tree);
    free(fetched->layout);
    fetched_file_free(&fetched->kernel);
    fetched_file_free(&fetched->ramdisk);
    *fetched = (struct fetch_result){0};
}
