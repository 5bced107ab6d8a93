#include "driver/raster/folder/pam_statistics.h"

#include "driver/store/update_object.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_minixml.h>
#include <cpl_string.h>

#include <memory>
#include <optional>

namespace tiledir::raster
{

namespace
{

bool is_statistic(const CPLXMLNode &node)
{
    return node.eType == CXT_Element &&
           (EQUAL(node.pszValue, "Histograms") ||
            (EQUAL(node.pszValue, "MDI") && STARTS_WITH_CI(CPLGetXMLValue(&node, "key", ""), "STATISTICS_")));
}

/// Below a node, at any depth.
bool drop_below(CPLXMLNode &parent)
{
    bool dropped = false;
    for (CPLXMLNode *child = parent.psChild; child != nullptr;)
    {
        CPLXMLNode *const next = child->psNext;
        if (is_statistic(*child))
        {
            CPLRemoveXMLChild(&parent, child);
            CPLDestroyXMLNode(child);
            dropped = true;
        }
        else
        {
            dropped = drop_below(*child) || dropped;
        }
        child = next;
    }
    return dropped;
}

/// Nullopt where there is nothing to drop.
std::optional<std::string> without_statistics(const std::string &text)
{
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    const CPLXMLTreeCloser tree(CPLParseXMLString(text.c_str()));
    bool dropped = false;
    for (CPLXMLNode *node = tree.get(); node != nullptr; node = node->psNext)
    {
        dropped = drop_below(*node) || dropped;
    }
    if (!dropped)
    {
        return std::nullopt;
    }
    const std::unique_ptr<char, decltype(&VSIFree)> rest(CPLSerializeXMLTree(tree.get()), VSIFree);
    return std::string(rest.get());
}

} // namespace

void drop_pam_statistics(store::Store &store, const std::string &key)
{
    store::update_object(store, key + ".aux.xml",
                         [](const store::Bytes *there) -> std::optional<store::Bytes>
                         {
                             if (there == nullptr)
                             {
                                 return std::nullopt;
                             }
                             const auto rest = without_statistics({there->begin(), there->end()});
                             return rest ? store::Bytes(rest->begin(), rest->end()) : *there;
                         });
}

} // namespace tiledir::raster
