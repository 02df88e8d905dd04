/* A finding as JSON. See medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/answer.h"

#include "common/protocol/recognised.h"

static json_t *sums_json(const struct finding *finding, bool of_file, bool md5)
{
    if (!finding->has_sums || of_file == finding->iso)
        return json_null();
    return json_string(md5 ? finding->sums.md5.hex : finding->sums.sha256.hex);
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

static json_t *kernel_json(const struct finding *finding)
{
    if (!finding->kernel)
        return json_null();
    return json_pack("{s:o,s:I}", "path", report_text(finding->kernel), "size",
                     (json_int_t)finding->kernel_size);
}

static json_t *ramdisk_json(const struct finding *finding)
{
    if (!finding->ramdisk)
        return json_null();
    return json_pack("{s:o,s:I,s:o,s:o,s:s?}", "path", report_text(finding->ramdisk), "size",
                     (json_int_t)finding->ramdisk_size, "md5", sums_json(finding, false, true),
                     "sha256", sums_json(finding, false, false), "verified",
                     digest_name(finding->sums.verified));
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

int finding_answer(const struct report *report, const struct finding *finding)
{
    if (finding->support_only)
        return report_answer(report, json_pack("{s:o}", "support", support_json(finding)));
    json_t *answer = json_pack(
        "{s:s,s:I,s:o,s:o,s:s?,s:s?,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "kind", kind_name(finding),
        "size", (json_int_t)finding->size, "md5", sums_json(finding, true, true), "sha256",
        sums_json(finding, true, false), "compression", finding->kind.compression, "content",
        finding->kind.content, "iso", iso_json(finding), "recognised",
        recognised_json(&finding->recognised), "layout", report_text(finding->layout), "kernel",
        kernel_json(finding), "ramdisk", ramdisk_json(finding), "support", support_json(finding),
        "problems", problems_json(finding));

    return report_answer(report, answer);
}
