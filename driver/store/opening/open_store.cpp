#include "driver/store/opening/open_store.h"

#include "driver/store/local/local_store.h"
#include "driver/store/network/vsi_store.h"

namespace tiledir::store
{

std::unique_ptr<Store> open_store(const std::string &root)
{
    if (root.rfind("/vsi", 0) == 0)
    {
        return std::make_unique<VsiStore>(root);
    }
    return std::make_unique<LocalStore>(root);
}

} // namespace tiledir::store
