/* The family "sleslike": SUSE Linux Enterprise and openSUSE, which are installed by YaST.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "distros/arch.h"
#include "distros/checksums.h"
#include "distros/families/treeinfo.h"
#include "distros/family.h"

/* Where each architecture has its installer, the Xen one first: since SLES 12 SP2 one kernel
 * serves bare metal and Xen. */
static const struct {
    const char *arch;
    const char *source, *kernel, *ramdisk;
} layouts[] = {
    {"i386", "boot/i386", "boot/i386/vmlinuz-xenpae", "boot/i386/initrd-xenpae"},
    {"i386", "boot/i386/loader", "boot/i386/loader/linux", "boot/i386/loader/initrd"},
    {"x86_64", "boot/x86_64", "boot/x86_64/vmlinuz-xen", "boot/x86_64/initrd-xen"},
    {"x86_64", "boot/x86_64/loader", "boot/x86_64/loader/linux", "boot/x86_64/loader/initrd"},
    {"aarch64", "boot/aarch64", "boot/aarch64/linux", "boot/aarch64/initrd"},
};

static int add_layouts(struct tree_plan *plan, const char *arch, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
        if (strcmp(layouts[i].arch, arch) == 0 &&
            plan_add(plan, layouts[i].source, layouts[i].kernel, layouts[i].ramdisk, err) < 0)
            return -1;
    return 0;
}

/* Adds the layouts of the architecture asked for and, when the tree shows that it has only others,
 * of those: install-arch is i386 unless somebody sets it, which is forgotten easily. HAS: what the
 * tree shows (arch_bit()), which is also what it says of itself when it is one. */
static int add_all(struct tree_plan *plan, unsigned has, struct error *err)
{
    const char *wanted = arch_rpm(plan->request->arch), *arch;
    unsigned wanted_bit = arch_bit(wanted, strlen(wanted));

    if (has && (has & (has - 1)) == 0)
        plan->tree->arch = xstrdup(arch_likeliest(has));
    if (plan->decided)
        return 0;
    if (add_layouts(plan, wanted, err) < 0)
        return -1;
    if (has & wanted_bit)
        return 0;
    for (size_t i = 0; (arch = arch_at(i)); i++)
        if ((has & arch_bit(arch, strlen(arch))) && add_layouts(plan, arch, err) < 0)
            return -1;
    return 0;
}

/* The architectures whose boot folder is listed anywhere in the metadata. */
static unsigned listed_archs(const struct buffer *text)
{
    const char *start = buffer_text(text), *arch;
    unsigned has = 0;

    for (size_t i = 0; (arch = arch_at(i)); i++) {
        auto_free char *folder = xasprintf("boot/%s/", arch);

        if (memmem(start, text->length, folder, strlen(folder)))
            has |= arch_bit(arch, strlen(arch));
    }
    return has;
}

/* --- content -------------------------------------------------------------------------------
 * Lines of a keyword and its value; of one product, or of none but the files' checksums:
 *   LABEL SUSE Linux Enterprise Server 11 SP4         up to SLES 11, openSUSE 12
 *   VERSION 11.4
 *   BASEARCHS i586 x86_64
 *   DISTRO cpe:/o:suse:sles:12:sp5,SUSE Linux Enterprise Server 12 SP5      since then
 *   HASH SHA256 HEX  boot/x86_64/loader/linux         also META and KEY, and SHA1
 * (openSUSE wiki, "Standards YaST2 Repository Metadata content".) */

/* Keywords of name and version, the best first. */
static const struct {
    const char *keyword;
    bool version;
} keywords[] = {
    {"LABEL", false},       {"NAME", false},   {"PRODUCT", false},
    {"DISTPRODUCT", false}, {"VERSION", true}, {"DISTVERSION", true},
};
#define RANK_DISTRO 0 /* DISTRO, which has both, is better than all of them */
#define RANK_NONE   (1 + ARRAY_SIZE(keywords))

struct suse_content {
    size_t name_rank, version_rank; /* of what the tree has now: 1 + index in keywords */
    unsigned has;                   /* architectures in BASEARCHS */
};

/* The version in a CPE name: its fifth part and, where there is a service pack, the sixth:
 * "cpe:/o:suse:sles:12:sp5" is 12.5, as VERSION of SLES 11 counts them too. */
static void take_cpe(struct tree *tree, const char *cpe, size_t length)
{
    const char *part[6] = {NULL};
    size_t size[6] = {0}, count = 0;

    for (const char *at = cpe, *end = cpe + length; at < end && count < ARRAY_SIZE(part);) {
        const char *colon = memchr(at, ':', (size_t)(end - at));

        part[count] = at;
        size[count++] = (size_t)((colon ? colon : end) - at);
        at = colon ? colon + 1 : end;
    }
    if (count < 5)
        return;
    tree_fact(&tree->version, part[4], size[4]);
    if (count == 6 && size[5] > 2 && size[4] <= TREE_FACT_MAX && memcmp(part[5], "sp", 2) == 0) {
        auto_free char *version =
            xasprintf("%.*s.%.*s", (int)size[4], part[4], (int)(size[5] - 2), part[5] + 2);
        tree_fact(&tree->version, version, strlen(version));
    }
}

/* DISTRO: a CPE name, a comma, the name for people. */
static void take_distro(struct tree *tree, const char *value, size_t length)
{
    const char *comma = memchr(value, ',', length);
    size_t cpe = comma ? (size_t)(comma - value) : length;

    take_cpe(tree, value, cpe);
    if (comma)
        tree_fact(&tree->name, comma + 1, length - cpe - 1);
}

static void take_keyword(struct tree *tree, struct suse_content *content, size_t index,
                         const char *value, size_t length)
{
    bool version = keywords[index].version;
    size_t *rank = version ? &content->version_rank : &content->name_rank;

    if (length == 0 || *rank < index + 1)
        return;
    tree_fact(version ? &tree->version : &tree->name, value, length);
    *rank = index + 1;
}

static void take_basearchs(struct suse_content *content, const char *at, const char *end)
{
    const char *word;
    size_t length;

    while ((length = next_word(&at, end, &word)) > 0)
        content->has |= arch_bit(word, length);
}

static void take_content_line(struct tree *tree, struct suse_content *content, const char *line,
                              size_t length)
{
    const char *end = line + length, *keyword;
    size_t size = next_word(&line, end, &keyword);

    length = (size_t)(end - line);
    trim(&line, &length);
    if (same(keyword, size, "DISTRO")) {
        take_distro(tree, line, length);
        content->name_rank = tree->name ? RANK_DISTRO : content->name_rank;
        content->version_rank = tree->version ? RANK_DISTRO : content->version_rank;
    } else if (same(keyword, size, "BASEARCHS")) {
        take_basearchs(content, line, line + length);
    }
    for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
        if (same(keyword, size, keywords[i].keyword))
            take_keyword(tree, content, i, line, length);
}

static int content_sum(struct tree_plan *plan, const struct lines *lines, const char *line,
                       size_t length, struct error *err)
{
    const char *end = line + length, *word;
    size_t size = next_word(&line, end, &word);
    struct listed_sum sum = {0};

    if (!same(word, size, "HASH") && !same(word, size, "META") && !same(word, size, "KEY"))
        return 0;
    size = next_word(&line, end, &word);
    auto_free char *digest = xstrndup(word, size);
    sum.digest = digest_from_name(digest);
    sum.hex_length = next_word(&line, end, &sum.hex);
    sum.path = line;
    sum.path_length = (size_t)(end - line);
    trim(&sum.path, &sum.path_length);
    return sum.digest == DIGEST_NONE ? 0 : plan_sum(plan, lines, "", &sum, err);
}

static int content_sums(struct tree_plan *plan, const char *file, struct error *err)
{
    struct lines lines;
    const char *line;
    size_t length;
    int found;

    lines_start(&lines, file, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0)
        if (content_sum(plan, &lines, line, length, err) < 0)
            return -1;
    return found;
}

static int use_content(struct tree_plan *plan, const char *file, struct error *err)
{
    struct suse_content content = {RANK_NONE, RANK_NONE, 0};
    struct lines lines;
    const char *line;
    size_t length;
    int found;

    plan->tree->metadata = xstrdup(file);
    lines_start(&lines, file, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0)
        take_content_line(plan->tree, &content, line, length);
    if (found < 0)
        return -1;

    unsigned has = content.has ? content.has : listed_archs(&plan->text);
    if (add_all(plan, has, err) < 0)
        return -1;
    return content_sums(plan, file, err);
}

/* --- CHECKSUMS and media.1/products: since SLES 15 and openSUSE Leap 15 ------------------ */

/* media.1/products: lines of a folder of the medium, a product's name, its version and
 * release ("/ openSUSE-Leap 15.5-1"). The one in "/" says what the medium is; add-ons and
 * modules have folders of their own. */
static int use_products(struct tree_plan *plan, const char *file, struct error *err)
{
    struct tree *tree = plan->tree;
    struct lines lines;
    const char *line;
    size_t length;
    int found;

    lines_start(&lines, file, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0) {
        const char *end = line + length, *word;

        if (next_word(&line, end, &word) != 1 || *word != '/')
            continue;
        size_t size = next_word(&line, end, &word);
        tree_fact(&tree->name, word, size);
        size = next_word(&line, end, &word);
        const char *release = memrchr(word, '-', size);
        tree_fact(&tree->version, word, release ? (size_t)(release - word) : size);
        break;
    }
    if (found > 0 && !tree->metadata)
        tree->metadata = xstrdup(file);
    return found < 0 ? -1 : 0;
}

static int use_checksums(struct tree_plan *plan, const char *file, struct error *err)
{
    unsigned has = listed_archs(&plan->text);

    plan->tree->metadata = xstrdup(file);
    if (add_all(plan, has, err) < 0)
        return -1;
    return plan_sums_file(plan, file, "", DIGEST_NONE, err);
}

static int suse_plan(struct tree_plan *plan, struct error *err)
{
    static const char content[] = "content", checksums[] = "CHECKSUMS";
    static const char products[] = "media.1/products";

    int found = plan_read(plan, content, err);
    if (found != 0)
        return found < 0 ? -1 : use_content(plan, content, err);

    found = plan_read(plan, checksums, err);
    if (found > 0)
        found = use_checksums(plan, checksums, err);
    else if (found == 0)
        found = add_all(plan, 0, err);
    if (found < 0)
        return -1;

    found = plan_read(plan, products, err);
    return found > 0 ? use_products(plan, products, err) : found;
}

/* --- recognising ------------------------------------------------------------------------- */

/* For the architecture that is asked for; else for the one that SAID, a .treeinfo, names. */
static int plan_as_said(struct look *look, const struct tree *said, struct error *err)
{
    unsigned has = said->arch ? arch_bit(said->arch, strlen(said->arch)) : 0;

    if (look->request->arch || !has)
        return look_plan_any(look, &suse_family, err);
    return look_plan(look, &suse_family, NULL, arch_likeliest(has), err);
}

/* A .treeinfo that names SUSE decides even where the tree has nothing of SUSE's own. */
static int recognise_treeinfo(struct look *look, struct error *err)
{
    if (look_plan_any(look, &redhat_family, err) < 0)
        return -1;
    if (!look->out->tree.metadata || !treeinfo_is_suse(&look->out->tree))
        return 0;
    struct tree said = look->out->tree;
    look->out->tree = (struct tree){0};
    int result = plan_as_said(look, &said, err);
    if (result == 0) {
        struct tree *tree = &look->out->tree;
        replace_string(&tree->name, take_pointer(said.name));
        replace_string(&tree->version, take_pointer(said.version));
        replace_string(&tree->arch, take_pointer(said.arch));
        if (!tree->metadata)
            tree->metadata = take_pointer(said.metadata);
        result = look_accept(look, &suse_family);
    }
    tree_free(&said);
    return result;
}

/* By content, CHECKSUMS or media.1/products with a name of a product, or a .treeinfo that names
 * SUSE. */
static int suse_recognise(struct look *look, struct error *err)
{
    if (look_plan_any(look, &suse_family, err) < 0)
        return -1;
    /* A file of the name "content" or "CHECKSUMS" may be anybody's. */
    if (look->out->tree.metadata && look->out->tree.name)
        return look_accept(look, &suse_family);
    return recognise_treeinfo(look, err);
}

static const enum guess_way ways[] = {GUESS_OWN, GUESS_OWN_OTHER, GUESS_PLACES, GUESS_END};

/* openSUSE's kernel without PAE, which only xenpvnetboot looked for. */
static const struct guess_place places[] = {
    {"i386", "boot/i386", "boot/i386/vmlinuz-xen", "boot/i386/initrd-xen"},
    {NULL, NULL, NULL, NULL},
};

static void suse_words(const struct install_arguments *arguments, struct installer_words *words)
{
    (void)arguments;
    words->image = IMAGE_URL;
}

const struct family suse_family = {
    .distro = {.name = "sleslike",
               .last_round = 2,
               .method = "install",
               .cdrom_argument = "install=hd"},
    .plan = suse_plan,
    .words = suse_words,
    .recognise = suse_recognise,
    .ways = ways,
    .places = places,
};
