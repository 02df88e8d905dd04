/* A recognised tree as JSON. See recognised.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/protocol/recognised.h"

#include "common/helper/report.h"

json_t *recognised_json(const struct recognised *recognised)
{
    const struct tree *tree = &recognised->tree;

    if (!recognised->family)
        return json_null();
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:b,s:o}", "family", recognised->family, "name",
                     report_text(tree->name), "version", report_text(tree->version), "arch",
                     report_text(tree->arch), "metadata", report_text(recognised->metadata),
                     "release", report_text(recognised->release), "release_assumed",
                     (int)recognised->release_assumed, "codename",
                     report_text(recognised->codename));
}
