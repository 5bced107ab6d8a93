// Which files of a folder belong to the dataset in it.
#pragma once

#include "driver/item/item_location.h"
#include "driver/journal/intent.h"
#include "stac/grid/href_template.h"

#include <string>
#include <vector>

namespace tiledir::driver
{

/// Its item, its tiles by the item's templates, their .aux.xml, and .tiledir. A template that has no numbers of tiles
/// owns nothing.
class OwnFiles
{
public:
    /// Throws InputError: no such dataset, one without a STAC item, or a template that is none.
    explicit OwnFiles(const std::string &name);
    /// Of a dataset whose item is not there yet: tiles are by the templates of those who create it.
    OwnFiles(ItemLocation location, const std::vector<journal::FoundIntent> &creations);

    const ItemLocation &location() const { return m_location; }
    /// Templates of its tiles that lie below its folder.
    const std::vector<std::string> &templates() const { return m_templates; }

    struct Found
    {
        std::vector<std::string> own;     ///< keys, at the end what tells whose they are: intents, then the item
        std::vector<std::string> folders; ///< the deepest first, .tiledir last
        std::string foreign;              ///< a file of others; empty: there is none
    };
    /// Throws StoreError.
    Found find() const;

private:
    void add_tiles(const std::string &href);
    bool is_own(const std::string &key) const;

    ItemLocation m_location;
    std::vector<std::string> m_templates;
    std::vector<stac::HrefTemplate> m_tiles;
};

/// Does the key lie below that folder?
bool is_in(const std::string &key, const char *folder);
bool is_intent(const std::string &key);
/// True of files that whoever writes into the dataset just now has there.
bool belongs_to_writers(const std::string &key);

} // namespace tiledir::driver
