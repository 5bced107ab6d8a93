#include "tools/engine/output/tiles_of_others.h"

#include "driver/store/network/folder_entries.h"
#include "driver/store/own_folder.h"

#include <cpl_vsi.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace tiledir::engine
{
namespace
{

bool is_number(const std::string &text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

bool is_document(const std::string &name)
{
    static constexpr std::array kDocuments{"metadata.json", "tilemapresource.xml", "stacta.json"};
    return std::find(kDocuments.begin(), kDocuments.end(), name) != kDocuments.end();
}

/// Name of the first entry that is wanted; empty where there is none.
std::string first_of(const std::string &folder, const std::function<bool(const VSIDIREntry &)> &is_wanted)
{
    std::string found;
    store::for_each_entry(folder, store::Depth::Folder, false,
                          [&](const VSIDIREntry &entry)
                          {
                              found = is_wanted(entry) ? entry.pszName : "";
                              return found.empty();
                          });
    return found;
}

/// A tile below a level's folder, as NUMBER/NUMBER.EXT.
std::string first_tile(const std::string &level)
{
    std::string file;
    const std::string folder = first_of(level,
                                        [&](const VSIDIREntry &entry)
                                        {
                                            const auto is_tile = [](const VSIDIREntry &each)
                                            {
                                                const std::string name = each.pszName;
                                                const auto dot = name.find('.');
                                                return dot != std::string::npos && is_number(name.substr(0, dot));
                                            };
                                            const std::string name = entry.pszName;
                                            const bool may_be = VSI_ISDIR(entry.nMode) && is_number(name);
                                            file = may_be ? first_of(level + '/' + name, is_tile) : "";
                                            return !file.empty();
                                        });
    return folder.empty() ? folder : folder + '/' + file;
}

} // namespace

std::string tiles_of_others(const store::Store &store)
{
    std::string document;
    std::vector<std::string> levels;
    store::for_each_entry(store::folder_at(store), store::Depth::Folder, false,
                          [&](const VSIDIREntry &entry)
                          {
                              const std::string name = entry.pszName;
                              if (!VSI_ISDIR(entry.nMode))
                              {
                                  document = is_document(name) ? name : document;
                              }
                              else if (name != store::kOwnFolder && (!store.is_remote() || is_number(name)))
                              {
                                  levels.push_back(name);
                              }
                              return document.empty();
                          });
    if (!document.empty() || (store.is_remote() && levels.empty()))
    {
        return document;
    }
    for (const std::string &level : levels)
    {
        const std::string tile = store.is_remote() ? "" : first_tile(store::folder_at(store, level));
        if (store.is_remote() || !tile.empty())
        {
            return level + '/' + tile;
        }
    }
    return "";
}

} // namespace tiledir::engine
