/* Places of entries. See bls_places.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/bls_places.h"

#include <string.h>

#include "fsprobe/config/config_text.h"
#include "fsprobe/config/grubenv.h"
#include "fsprobe/config/systemd_boot/esp.h"

#define NOT_THERE SIZE_MAX

/* The first volume of PURPOSE on DISK; NOT_THERE: none is looked at. */
static size_t find_purpose(const struct guest *guest, const struct bls_volumes *volumes,
                           unsigned disk, enum volume_purpose purpose)
{
    for (size_t i = 0; i < volumes->count; i++) {
        const struct volume *volume = &guest->volumes[volumes->list[i]];
        if (volume->disk == disk && volume->purpose == purpose)
            return volumes->list[i];
    }
    return NOT_THERE;
}

/* Whether volume A comes before B. */
static bool is_before(const struct bls_volumes *volumes, size_t a, size_t b)
{
    for (size_t i = 0; i < volumes->count && volumes->list[i] != b; i++)
        if (volumes->list[i] == a)
            return true;
    return false;
}

static struct bls_place place_on(size_t volume)
{
    return (struct bls_place){volume, "/loader/entries", "", "/EFI/Linux"};
}

size_t bls_places_find(const struct guest *guest, const struct bls_volumes *volumes, size_t volume,
                       struct bls_place places[2])
{
    unsigned disk = guest->volumes[volume].disk;
    size_t esp = find_purpose(guest, volumes, disk, PURPOSE_ESP);
    size_t other = find_purpose(guest, volumes, disk, PURPOSE_XBOOTLDR);

    places[0] = place_on(volume);
    if (esp == NOT_THERE || other == NOT_THERE || (volume != esp && volume != other))
        return 1;
    if (is_before(volumes, volume, volume == esp ? other : esp))
        return 0;
    /* systemd-boot starts from the ESP, and reads its loader.conf. */
    places[0] = place_on(esp);
    places[1] = place_on(other);
    return 2;
}

bool bls_places_are_systemd_boots(struct guest *guest, const struct bls_place *places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct volume *volume = &guest->volumes[places[i].volume];
        if (volume->purpose != PURPOSE_OTHER || esp_is(volume) ||
            esp_has_systemd_boot(guest, places[i].volume))
            return true;
    }
    return false;
}

bool bls_places_have_systemd_boot(struct guest *guest, const struct bls_place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (esp_has_systemd_boot(guest, places[i].volume))
            return true;
    return false;
}

bool bls_places_are_grubs(struct guest *guest, const struct bls_volumes *volumes, size_t volume)
{
    size_t esp = find_purpose(guest, volumes, guest->volumes[volume].disk, PURPOSE_ESP);
    auto_esp_paths struct esp_paths paths = {.count = 0};

    if (esp == NOT_THERE || esp_has_systemd_boot(guest, esp))
        return false;
    esp_find(guest, esp, "grub.cfg", &paths);
    return paths.count > 0;
}

char *bls_places_default(struct guest *guest, const struct bls_place *places, size_t count,
                         struct menu *menu)
{
    char *found = NULL;

    for (size_t i = 0; i < count && !found; i++) {
        auto_esp_paths struct esp_paths paths = {.count = 0};

        if (!esp_is(&guest->volumes[places[i].volume]) ||
            esp_has_systemd_boot(guest, places[i].volume))
            continue;
        esp_find(guest, places[i].volume, "grubenv", &paths);
        for (size_t k = 0; k < paths.count && !found; k++) {
            struct grubenv *environment = grubenv_load_file(guest, places[i].volume, paths.list[k]);
            const char *name = grubenv_variable(environment, "default");
            const char *timeout = grubenv_variable(environment, "timeout");
            uint64_t seconds;

            if (name && *name)
                found = config_small_letters(name);
            if (timeout && text_to_number(timeout, UINT32_MAX, &seconds))
                menu_set_timeout(menu, (int64_t)seconds);
            grubenv_free(environment);
        }
    }
    return found;
}
