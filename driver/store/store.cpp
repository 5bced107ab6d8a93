#include "driver/store/store.h"

#include "driver/store/local/local_store.h"
#include "driver/store/network/vsi_store.h"

namespace tiledir::store
{

std::optional<std::string> Store::read_text(const std::string &key) const
{
    const std::optional<Bytes> bytes = read(key);
    if (!bytes)
        return std::nullopt;
    return std::string(bytes->begin(), bytes->end());
}

std::unique_ptr<Store> open_store(const std::string &root)
{
    if (root.rfind("/vsi", 0) == 0)
        return std::make_unique<VsiStore>(root);
    return std::make_unique<LocalStore>(root);
}

} // namespace tiledir::store
