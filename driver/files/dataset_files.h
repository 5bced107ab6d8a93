// The files that a directory of tiles is made of, and what GDAL does with all of them: delete, rename, copy.
#pragma once

#include <gdal.h>

#include <optional>
#include <string>

namespace tiledir::driver
{

/// GDAL's pfnDelete, pfnRename and pfnCopyFiles. A dataset is named by its folder or its item. What in the folder is
/// not the dataset's (its item, tiles by its templates, their .aux.xml, .tiledir) is left alone. The item goes last and
/// comes last: what is interrupted can be done again, and a copy counts when it is whole. What a creation left that was
/// killed is deleted by the name of its folder.
CPLErr delete_dataset(const char *name) noexcept;
CPLErr rename_dataset(const char *new_name, const char *old_name) noexcept;
CPLErr copy_dataset(const char *new_name, const char *old_name) noexcept;

/// A folder in which a dataset is made, or was made when its writer died.
struct UnfinishedDataset
{
    std::string writer;  ///< who is at work, to be shown; empty: nobody any more
    std::string foreign; ///< a file in it that is not the writer's; empty: there is none
};

/// Such a folder has `.tiledir/` and neither an item yet nor a run of tiledir-process. Throws StoreError, InputError.
std::optional<UnfinishedDataset> unfinished_dataset(const std::string &folder);
/// True where unfinished_dataset() finds one; nobody is asked who makes it.
bool is_unfinished_dataset(const std::string &folder);

} // namespace tiledir::driver
