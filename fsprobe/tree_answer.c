/* An installation tree as JSON. See tree_answer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/tree_answer.h"

#include <jansson.h>

#include "common/protocol/recognised.h"

static json_t *sum_json(const struct checksum *sum)
{
    if (sum->digest == DIGEST_NONE)
        return json_null();
    return json_pack("{s:s,s:s}", "digest", digest_name(sum->digest), "hex", sum->hex);
}

static json_t *kernel_json(const struct tree_found *found, const struct tree_layout *layout)
{
    if (!found->there)
        return json_null();
    return json_pack("{s:o,s:I,s:o}", "path", report_text(layout->kernel), "size",
                     (json_int_t)found->kernel_size, "sum", sum_json(&layout->kernel_sum));
}

static json_t *place_json(const struct tree_found *found)
{
    if (!found->ramdisk_placed)
        return json_null();
    return json_pack("{s:i,s:I}", "disk", (int)found->ramdisk_disk, "offset",
                     (json_int_t)found->ramdisk_at);
}

static json_t *ramdisk_json(const struct tree_found *found, const struct tree_layout *layout)
{
    if (!found->has_ramdisk)
        return json_null();
    return json_pack("{s:o,s:I,s:o,s:o}", "path", report_text(layout->ramdisk), "size",
                     (json_int_t)found->ramdisk_size, "sum", sum_json(&layout->ramdisk_sum),
                     "place", place_json(found));
}

static json_t *tree_json(const struct tree *tree)
{
    return json_pack("{s:o,s:o,s:o,s:o}", "metadata", report_text(tree->metadata), "name",
                     report_text(tree->name), "version", report_text(tree->version), "arch",
                     report_text(tree->arch));
}

static json_t *problems_json(const struct problems *problems)
{
    json_t *array = json_array();

    for (size_t i = 0; i < problems->count; i++)
        json_array_append_new(array, report_text(problems->texts[i]));
    return array;
}

static json_t *copied_json(const struct copied *copied)
{
    if (!copied->done)
        return json_null();
    return json_pack("{s:I,s:o}", "kernel", (json_int_t)copied->kernel, "ramdisk",
                     copied->has_ramdisk ? json_integer((json_int_t)copied->ramdisk) : json_null());
}

int tree_answer_send(const struct report *report, const struct guest *guest,
                     const struct tree_found *found, const struct problems *problems,
                     const struct copied *copied)
{
    const struct survey *survey = &found->survey;
    const struct tree_layout *layout = &survey->tree.layouts[found->layout];
    const struct volume *volume = &guest->volumes[found->entry.kernel.volume];

    return report_answer(
        report,
        json_pack("{s:o,s:i,s:o,s:s?,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "where",
                  found->there ? report_text(volume->where) : json_null(), "disk",
                  found->there ? (int)volume->disk : 0, "layout",
                  found->there ? report_text(layout->source) : json_null(), "family",
                  survey->family, "recognised", recognised_json(&survey->recognised), "tree",
                  tree_json(&survey->tree), "kernel", kernel_json(found, layout), "ramdisk",
                  ramdisk_json(found, layout), "problem", report_text(found->problem), "problems",
                  problems_json(problems), "copied", copied_json(copied)));
}

int tree_answer_error(const struct report *report, const struct error *err,
                      const struct tree_found *found, enum copy_kind failed)
{
    static const char *const files[] = {NULL, "kernel", "ramdisk"};

    return report_failure(report, err,
                          json_pack("{s:s?,s:b,s:o}", "file", files[failed], "no_kernel",
                                    (int)found->no_kernel, "recognised",
                                    recognised_json(&found->survey.recognised)));
}
