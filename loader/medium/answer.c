/* A finding as JSON. See medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/answer.h"

#include <jansson.h>

#include "common/protocol/medium.h"

static json_t *sum_json(const struct finding *finding, enum digest digest)
{
    const struct checksum *sum = &finding->sums[digest];

    return finding->has_sums && sum->digest != DIGEST_NONE ? json_string(sum->hex) : json_null();
}

static const char *kind_name(const struct finding *finding)
{
    static const char *const names[] = {
        [KIND_OTHER] = "other", [KIND_RAMDISK] = "ramdisk", [KIND_KERNEL] = "kernel"};

    return finding->iso ? "iso" : names[finding->kind.kind];
}

static json_t *iso_json(const struct finding *finding)
{
    const struct descriptor *descriptor = &finding->descriptor;

    if (!finding->iso)
        return json_null();
    const char *md5 = descriptor->implanted.md5[0] ? descriptor->implanted.md5 : NULL;
    return json_pack("{s:o,s:s?,s:o}", "label", report_text(descriptor->label), "md5", md5,
                     "verified", finding->checked ? json_boolean(finding->good) : json_null());
}

static json_t *problems_json(const struct finding *finding)
{
    json_t *array = json_array();

    for (size_t i = 0; i < finding->problem_count; i++)
        json_array_append_new(array, report_text(finding->problems[i]));
    return array;
}

static json_t *support_json(const struct finding *finding)
{
    const struct kernel_found *support = &finding->support;

    if (!finding->looked)
        return json_null();
    return json_pack("{s:b,s:b,s:b,s:s?,s:o}", "known", (int)support->known, "pv", (int)support->pv,
                     "pvh", (int)support->pvh, "arch", support->arch, "why",
                     report_text(support->why));
}

static json_t *unpacked_json(const struct finding *finding)
{
    const struct kernel_found *found = &finding->support;
    const char *form = found->form == KERNEL_ZBOOT ? MEDIUM_FORM_ZBOOT
                       : found->packing            ? found->packing->name
                                                   : MEDIUM_FORM_NONE;

    if (!finding->unpacked)
        return json_pack("{s:o,s:n,s:n}", "support", support_json(finding), "unpacked", "form");
    return json_pack("{s:o,s:I,s:s}", "support", support_json(finding), "unpacked",
                     (json_int_t)finding->unpacked, "form", form);
}

static json_t *sums_json(const struct medium_request *request, const struct finding *finding)
{
    return json_pack(
        "{s:o,s:o,s:o}", "md5", request->tables ? sum_json(finding, DIGEST_MD5) : json_null(),
        "sha256", request->tables ? sum_json(finding, DIGEST_SHA256) : json_null(), "other",
        request->digest == DIGEST_NONE ? json_null() : sum_json(finding, request->digest));
}

static json_t *all_json(const struct finding *finding)
{
    return json_pack("{s:s,s:I,s:o,s:o,s:s?,s:s?,s:o,s:o,s:o}", "kind", kind_name(finding), "size",
                     (json_int_t)finding->size, "md5", sum_json(finding, DIGEST_MD5), "sha256",
                     sum_json(finding, DIGEST_SHA256), "compression", finding->kind.compression,
                     "content", finding->kind.content, "iso", iso_json(finding), "support",
                     support_json(finding), "problems", problems_json(finding));
}

int finding_answer(const struct report *report, const struct medium_request *request,
                   const struct finding *finding)
{
    if (request->mode == MEDIUM_UNPACKS)
        return report_answer(report, unpacked_json(finding));
    if (request->mode == MEDIUM_LOOKS)
        return report_answer(report, json_pack("{s:o}", "support", support_json(finding)));
    return report_answer(report, request->mode == MEDIUM_TAKES_SUMS ? sums_json(request, finding)
                                                                    : all_json(finding));
}
