#include "driver/item/item_beginning.h"

#include <nlohmann/json.hpp>

#include <set>

namespace tiledir::driver
{

namespace
{

/// Members at the top of a JSON object, of which the end may be missing.
class TopMembers final : public nlohmann::json_sax<nlohmann::json>
{
public:
    /// Something that only items have is there, or nothing that only others have.
    bool may_be_item() const { return !m_other_type && (m_own || !m_foreign); }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t &) override { return true; }
    bool binary(binary_t &) override { return true; }
    bool string(string_t &text) override
    {
        m_other_type =
            m_depth == 1 && m_key == "type" && text != "Feature" && text != "Collection" && text != "Catalog";
        return !m_other_type;
    }
    bool start_object(std::size_t) override { return ++m_depth > 0; }
    bool end_object() override { return --m_depth > 0; }
    bool start_array(std::size_t) override { return ++m_depth > 0; }
    bool end_array() override { return --m_depth > 0; }
    bool key(string_t &name) override
    {
        static const std::set<std::string> kOwn{"asset_templates", "assets",  "stac_extensions",
                                                "stac_version",    "pyramid", "driver"};
        static const std::set<std::string> kShared{"type",       "id",         "bbox",       "geometry",
                                                   "properties", "links",      "title",      "description",
                                                   "keywords",   "collection", "conformsTo", "extent"};
        if (m_depth == 1)
        {
            m_key = name;
            m_own = m_own || kOwn.count(name) > 0 || name.rfind("tiles:", 0) == 0;
            m_foreign = m_foreign || kShared.count(name) == 0;
        }
        return !m_own;
    }
    bool parse_error(std::size_t, const std::string &, const nlohmann::json::exception &) override { return false; }

private:
    int m_depth = 0;
    std::string m_key;
    bool m_own = false;
    bool m_foreign = false;
    bool m_other_type = false;
};

} // namespace

bool may_begin_item(const std::string &first_bytes)
{
    const std::size_t first = first_bytes.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    if (first == std::string::npos || first_bytes[first] != '{')
    {
        return false;
    }
    TopMembers members;
    nlohmann::json::sax_parse(first_bytes.begin() + static_cast<std::ptrdiff_t>(first), first_bytes.end(), &members);
    return members.may_be_item();
}

} // namespace tiledir::driver
