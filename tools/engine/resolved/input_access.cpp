#include "tools/engine/resolved/input_access.h"

#include "driver/store/http/http_settings.h"
#include "driver/store/network/object_access.h"
#include "stac/error.h"
#include "tools/engine/host/stop_request.h"

#include <cpl_vsi.h>

#include <algorithm>
#include <chrono>

namespace tiledir::engine
{
namespace
{

constexpr double kFirstPause = 0.25; ///< seconds, doubled each time
constexpr double kLongestPause = 4;

} // namespace

InputAccess access_to_input(const std::string &path, const std::function<bool()> &stopping,
                            const std::function<void()> &waits)
{
    const auto begun = std::chrono::steady_clock::now();
    const double patience = store::http_settings_of(path).patience;
    double seconds = kFirstPause;
    for (bool has_waited = false;; has_waited = true)
    {
        const store::AccessAnswer answer = store::access_to(path);
        if (answer.access == store::Access::Granted)
        {
            return has_waited ? InputAccess::Returned : InputAccess::Granted;
        }
        if (answer.access == store::Access::Unknown)
        {
            return has_waited ? InputAccess::Returned : InputAccess::Unknown;
        }
        const std::chrono::duration<double> tried = std::chrono::steady_clock::now() - begun;
        if (answer.access == store::Access::Refused || tried.count() >= patience)
        {
            throw StoreError(path, "cannot read: " + answer.words);
        }
        waits();
        if (!pause(seconds, stopping))
        {
            return InputAccess::Unknown;
        }
        seconds = std::min(2 * seconds, kLongestPause);
        VSICurlClearCache(); // credentials too
    }
}

} // namespace tiledir::engine
