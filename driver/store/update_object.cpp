#include "driver/store/update_object.h"

#include "driver/store/backoff.h"

namespace tiledir::store
{

namespace
{

constexpr int kMostLosses = 500; ///< over five minutes of pauses: then something else is wrong

using WriteIf = bool (Store::*)(const std::string &key, const void *data, std::size_t size,
                                const std::optional<Stamp> &before);

bool write_changed(Store &store, const std::string &key, const std::optional<StampedObject> &there,
                   const std::optional<Bytes> &wanted, WriteIf write_if)
{
    const std::optional<Stamp> before = there ? std::optional(there->stamp) : std::nullopt;
    if (!wanted)
    {
        return !there || store.remove_if(key, before);
    }
    return (there && there->bytes == *wanted) || (store.*write_if)(key, wanted->data(), wanted->size(), before);
}

bool change_object(Store &store, const std::string &key, const ChangeObject &change, WriteIf write_if)
{
    const auto lock = store.lock(key);
    for (int losses = 0;; ++losses)
    {
        const std::optional<StampedObject> there = store.read_stamped(key);
        if (write_changed(store, key, there, change(there ? &there->bytes : nullptr), write_if))
        {
            return lock != nullptr;
        }
        if (losses == kMostLosses)
        {
            throw TileError(store.path(key), "cannot write: each time others had just changed it");
        }
        pause_after(losses);
    }
}

} // namespace

bool update_object(Store &store, const std::string &key, const ChangeObject &change)
{
    return change_object(store, key, change, &Store::write_if);
}

bool stage_object(Store &store, const std::string &key, const ChangeObject &change)
{
    return change_object(store, key, change, &Store::stage_if);
}

} // namespace tiledir::store
