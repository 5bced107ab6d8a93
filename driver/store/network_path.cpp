#include "driver/store/network_path.h"

#include <algorithm>
#include <array>

namespace tiledir::store
{

bool is_on_network(const std::string &path)
{
    static constexpr std::array kHandlers{"/vsicurl", "/vsis3",    "/vsigs",      "/vsiaz",  "/vsiadls",
                                          "/vsioss",  "/vsiswift", "/vsiwebhdfs", "/vsihdfs"};
    return path.compare(0, 4, "/vsi") == 0 &&
           std::any_of(kHandlers.begin(), kHandlers.end(),
                       [&](const char *handler) { return path.find(handler) != std::string::npos; });
}

} // namespace tiledir::store
