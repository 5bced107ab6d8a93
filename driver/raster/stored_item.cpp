#include "driver/raster/stored_item.h"

#include "driver/store/update_object.h"
#include "stac/error.h"
#include "stac/json_document.h"

namespace tiledir::raster
{

void change_stored_item(store::Store &store, const std::string &key, const ChangeJson &change)
{
    const std::string path = store.path(key);
    store::update_object(store, key,
                         [&](const store::Bytes *there)
                         {
                             if (there == nullptr)
                             {
                                 throw InputError(path + ": is gone, while its tiles were written");
                             }
                             std::string text(there->begin(), there->end());
                             stac::parse_json(text, path); // bounds it
                             auto json = nlohmann::ordered_json::parse(text);
                             try
                             {
                                 text = change(json) ? json.dump(2) + "\n" : text;
                             }
                             catch (const InputError &error)
                             {
                                 throw InputError(path + ": " + error.what());
                             }
                             return std::optional(store::Bytes(text.begin(), text.end()));
                         });
}

} // namespace tiledir::raster
