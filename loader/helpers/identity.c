/* From JSON to struct identity. See identity.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/identity.h"

#include <stdio.h>
#include <stdlib.h>

#include "distros/distros.h"
#include "distros/families.h"
#include "loader/helpers/member.h"

void kernel_support_free(struct kernel_support *support)
{
    free(support->why);
    *support = KERNEL_SUPPORT_INIT;
}

bool kernel_support_read(const json_t *member, struct kernel_support *support)
{
    const json_t *known = json_object_get(member, "known"), *pv = json_object_get(member, "pv");
    const json_t *pvh = json_object_get(member, "pvh"), *arch = json_object_get(member, "arch");
    const char *why = member_text(member, "why");

    *support = KERNEL_SUPPORT_INIT;
    if (!json_is_boolean(known) || !json_is_boolean(pv) || !json_is_boolean(pvh) ||
        (json_is_true(known) ? !json_is_string(arch) : !why) ||
        json_string_length(arch) >= sizeof support->arch)
        return false;
    support->known = json_is_true(known);
    support->pv = support->known && json_is_true(pv);
    support->pvh = support->known && json_is_true(pvh);
    snprintf(support->arch, sizeof support->arch, "%s",
             json_is_string(arch) ? json_string_value(arch) : "");
    if (!support->known)
        support->why = xstrdup(why);
    return true;
}

void identity_free(struct identity *identity)
{
    kernel_support_free(&identity->support);
    free(identity->problems);
    json_decref(identity->storage);
    *identity = IDENTITY_INIT;
}

static enum said read_said(const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);

    return json_is_true(member) ? SAID_YES : json_is_false(member) ? SAID_NO : SAID_NOTHING;
}

static void read_file(const json_t *json, struct identity_file *file)
{
    file->there = json_is_object(json);
    file->has_size = member_number(json, "size", INT64_MAX, &file->size);
    file->url = member_text(json, "url");
    file->path = member_text(json, "path");
    file->verified = member_text(json, "verified");
    file->compression = member_text(json, "compression");
    file->content = member_text(json, "content");
    (void)member_hex(json, "md5", file->md5, 32);
    (void)member_hex(json, "sha256", file->sha256, 64);
}

static void read_tree(const json_t *json, struct identity_tree *tree)
{
    *tree = (struct identity_tree){.family = member_text(json, "family")};
    tree->known = distro_find(tree->family) != NULL;
    if (!tree->known) {
        tree->family = NULL;
        return;
    }
    tree->name = member_text(json, "name");
    tree->version = member_text(json, "version");
    tree->arch = member_text(json, "arch");
    tree->metadata = member_text(json, "metadata");
    tree->release = member_text(json, "release");
    tree->codename = member_text(json, "codename");
    tree->release_assumed = read_said(json, "release_assumed");
}

static void read_iso(const json_t *json, struct identity_iso *iso)
{
    iso->there = json_is_object(json);
    iso->label = member_text(json, "label");
    iso->verified = read_said(json, "verified");
    (void)member_hex(json, "md5", iso->md5, 32);
}

static void add_problem(struct identity *identity, const char *text)
{
    if (text && identity->problem_count < IDENTITY_PROBLEMS_MAX)
        identity->problems[identity->problem_count++] = text;
}

static void read_problems(const json_t *answer, struct identity *identity)
{
    const json_t *problems = json_object_get(answer, "problems"), *problem;
    size_t i;

    identity->problems = xcalloc(IDENTITY_PROBLEMS_MAX, sizeof *identity->problems);
    add_problem(identity, member_text(answer, "problem"));
    json_array_foreach(problems, i, problem) add_problem(identity, json_string_value(problem));
}

void identity_read(json_t *answer, struct identity *identity)
{
    identity->storage = json_incref(answer);
    identity->kind = member_text(answer, "kind");
    identity->layout = member_text(answer, "layout");
    identity->recognised = json_is_object(json_object_get(answer, "recognised"));
    read_file(answer, &identity->self);
    read_file(json_object_get(answer, "kernel"), &identity->kernel);
    read_file(json_object_get(answer, "ramdisk"), &identity->ramdisk);
    read_tree(json_object_get(answer, "recognised"), &identity->tree);
    read_iso(json_object_get(answer, "iso"), &identity->iso);
    identity->has_support =
        kernel_support_read(json_object_get(answer, "support"), &identity->support);
    read_problems(answer, identity);
}
