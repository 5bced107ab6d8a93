#include "driver/store/store.h"

namespace tiledir::store
{

std::optional<std::string> Store::read_text(const std::string &key) const
{
    const std::optional<Bytes> bytes = read(key);
    if (!bytes)
    {
        return std::nullopt;
    }
    return std::string(bytes->begin(), bytes->end());
}

} // namespace tiledir::store
