## 页面框架

brand = 众济
site-description = 由多家机构共同保存的公开账本：谁也改不了，人人可核验。
skip = 跳到正文
demonstration = 演示数据。页面上的医院、捐赠者和数字均为虚构。
nav-label = 主导航
nav-overview = 总览
nav-needs = 需求
nav-trace = 查询捐赠
nav-orgs = 机构
nav-records = 记录
nav-balance = 收支核对
nav-verify = 核验
nav-about = 关于
nav-blocks = 区块
nav-unresolved = 未对应的名称
nav-docs = 文档
search-label = 搜索编号、名称或查询码
search-go = 搜索
language-name = 中文
theme-label = 配色
theme-auto = 配色跟随设备
theme-light = 浅色
theme-dark = 深色
strip-block = 区块 { $height }
strip-signed = { $all ->
    [1] 由 1 家机构保存
   *[other] { $all } 家机构中有 { $signed } 家已签名
 }
strip-check = 如何核验本页
live-on = 实时
live-pause = 暂停更新
live-resume = 继续更新
live-paused = 已暂停更新。
live-new = 有新的记录。
live-gap = 新记录较多，请刷新页面查看。
live-reload = 数据有更新，点此刷新
motto = { $count ->
    [1] 由一家机构签名并保存，人人可核验。
   *[other] { $count } 家机构共同签名，共同保存，谁也改不了。
 }
as-of = 数据截至区块 { $height }，{ $time }（UTC+8）
pager-label = 列表翻页
pager-first = 回到开头
pager-next = 下一页
show-table = 以表格显示
column-day = 日期
column-item = 物资
column-covered = 满足情况
column-need = 需求
column-needy = 求助方
column-place = 地区
column-urgency = 紧急程度
column-stated = 提出时间
filter-all = 全部
filter-text = 关键词
filter-open = 仅看未满足的需求
filter-apply = 筛选
filter-clear = 清除筛选
filter-act = 记录类别

## 日期

month-long = { $month }月
month-short = { $month }月
date-day = { $year }年{ month-long }{ $day }日
date-full = { $year }年{ month-long }{ $day }日 { $time }
date-moment = { month-short }{ $day }日 { $time }
date-short = { month-short }{ $day }日

## 数量与金额

amount-at-least = 至少 { $low }
amount-at-most = 至多 { $high }
amount-between = { $low } 至 { $high }
amount-unknown = 数量不明
amount-of-unit = { $number } { $unit }
amount-of-label = { $number } × { $unit }
goods-pieces = { $item } { $number } { $unit }
goods-units = { $item } { $number } { $unit }
goods-unknown = { $item }若干（每箱数量不明）
goods-several = 多种物资
money-cny = { $number } 元
money-other = { $number } { $currency }
money-some = 一笔款项
money-none = 暂无
asked-per-day = 每天 { $amount }
asked-unbounded = 越多越好，未设上限
asked-unknown = 原文无法读出数量
party-unnamed = 未具名者

unit-piece = 件
unit-pair = 双
unit-set = 套
unit-kit = 盒
unit-litre = 升
unit-kilogram = 公斤
unit-metre = 米
unit-bottle = 瓶
unit-cylinder = 瓶
unit-box = 盒
unit-carton = 箱
unit-pack = 包
unit-CNY = 元
unit-tablet = 片

## 物资与需求的状态

state-received = 已收到
state-moving = 运送中
state-promised = 已承诺
state-nobody = 无人认领
coverage-words = 已收到 { $received }%，运送中 { $moving }%，已承诺 { $promised }%，无人认领 { $nobody }%
covered-of = { $percent }% · 已收 { $received }，共需 { $bound }
nobody-unmeasured = —
urgency-critical = 危急
urgency-high = 紧急
urgency-normal = 一般
need-one-sided = 他方代述
status-superseded = 已由后来的记录取代
status-withdrawn = 已由作者撤回
status-hidden = 已由主管机关依法隐藏
grade = { $grade } 级
grade-0 = 只有一方陈述，没有他人签名。
grade-1 = 交接双方均已签名。
grade-2 = 交接双方和独立承运人均已签名。
grade-3 = 交接双方和承运人均已签名，并附有不可替换的照片或单据。

## 发生了什么：每类记录一句话

act-unknown = { $actor }写入了一条记录（{ $act }）
act-principal-register = { $actor }完成登记
    .other = { $actor }登记为{ $other }的设备
act-principal-rotate = { $actor }更换了密钥
act-principal-recover = { $actor }协助找回丢失的密钥
    .other = { $actor }协助{ $other }找回丢失的密钥
act-mandate-grant = { $actor }授权他人代为办理
    .other = { $actor }授权{ $other }代为办理
act-mandate-revoke = { $actor }终止了一项授权
    .other = { $actor }终止了对{ $other }的授权
act-role-attest = { $actor }证明了一项资格
    .other = { $actor }证明了{ $other }的资格
act-role-revoke = { $actor }撤销了一项资格证明
    .other = { $actor }撤销了对{ $other }的资格证明
act-record-post = { $actor }发表了一项陈述
act-record-respond = { $actor }回应了一项陈述
act-item-define = { $actor }登记了物资品种：{ $item }
act-pack-define = { $actor }登记了{ $item }的一种包装
act-pack-measure = { $actor }说明每包装内有{ $goods }
act-holding-mint = { $actor }收入{ $goods }
    .other = { $actor }收入{ $other }捐赠的{ $goods }
act-holding-reserve = { $actor }承诺提供{ $goods }
    .other = { $actor }承诺向{ $other }提供{ $goods }
act-holding-release = { $actor }取消了提供{ $goods }的承诺
    .other = { $actor }取消了向{ $other }提供{ $goods }的承诺
act-holding-dispatch = { $actor }发出{ $goods }
    .other = { $actor }向{ $other }发出{ $goods }
act-holding-accept = { $actor }确认收到{ $goods }
    .other = { $actor }确认收到{ $other }送来的{ $goods }
act-holding-hand-over = { $actor }交出{ $goods }
    .other = { $actor }向{ $other }移交{ $goods }
act-holding-resolve = { $actor }说明了差额：{ $goods }
    .other = { $actor }与{ $other }共同说明了差额：{ $goods }
act-holding-write-off = { $actor }核销{ $goods }
act-holding-consume = { $actor }使用了{ $goods }
act-holding-count = { $actor }盘点库存：{ $goods }
act-money-issue = { $actor }收到捐款 { $money }
    .other = { $actor }代{ $other }收到捐款 { $money }
    .from = { $actor }收到{ $other }的捐款 { $money }
act-money-pay = { $actor }付款 { $money }
    .other = { $actor }向{ $other }付款 { $money }
act-money-redeem = { $actor }兑付 { $money }
    .other = { $actor }从{ $other }兑付 { $money }
act-network-propose = { $actor }向各保存机构提议一项变更
act-network-approve = { $actor }提交了一家保存机构的同意
act-network-decline = { $actor }提交了一家保存机构的反对
act-network-move = { $actor }公布了一家保存机构的新地址
act-network-cite = { $actor }引用了另一账本的一条记录

record-need = { $actor }需要{ $goods }
    .other = { $actor }称{ $other }需要{ $goods }
record-facility = { $actor }登记了一处医院、仓库或安置点
    .other = { $actor }登记了{ $other }
record-alias = { $actor }登记了一个别名
    .other = { $actor }登记了{ $other }的别名
record-stock-in = { $actor }称收入{ $goods }
    .other = { $actor }称收到{ $other }送来的{ $goods }
record-stock-out = { $actor }称发出{ $goods }
    .other = { $actor }称向{ $other }发出{ $goods }
record-beds = { $actor }公布了床位使用情况
    .other = { $actor }公布了{ $other }的床位使用情况
record-offer = { $actor }愿意提供{ $goods }
    .other = { $actor }愿意向{ $other }提供{ $goods }
record-pledge = { $actor }承诺提供{ $goods }
    .other = { $actor }承诺向{ $other }提供{ $goods }
record-question = { $actor }提出一个问题
    .other = { $actor }向{ $other }提问
record-answer = { $actor }回答了一个问题
    .other = { $actor }回答了{ $other }的提问
record-note = { $actor }作了一项说明
    .other = { $actor }就{ $other }作了一项说明

response-corroborate = { $actor }证实了一项陈述
    .other = { $actor }证实了{ $other }的陈述
response-dispute = { $actor }对一项陈述提出异议
    .other = { $actor }对{ $other }的陈述提出异议
response-correct = { $actor }更正了一项陈述
response-supersede = { $actor }以新陈述取代旧陈述
response-withdraw = { $actor }撤回了一项陈述
response-hide = { $actor }依法隐藏了一项陈述，并公布了依据
response-show = { $actor }结束了隐藏，该陈述重新公开
    .other = { $actor }依法隐藏了{ $other }的陈述，并公布了依据

entry-both-sides = 双方已签名
entry-one-sided = 单方陈述
entry-signed = { $count ->
    [1] 已签名
   *[other] { $count } 方已签名
 }

## 记录类别

name-principal-register = 登记
name-principal-rotate = 更换密钥
name-principal-recover = 找回密钥
name-mandate-grant = 授权
name-mandate-revoke = 终止授权
name-role-attest = 资格证明
name-role-revoke = 撤销资格证明
name-record-post = 陈述
name-record-respond = 对陈述的回应
name-item-define = 登记物资品种
name-pack-define = 登记包装
name-pack-measure = 说明包装数量
name-holding-mint = 物资收入
name-holding-reserve = 承诺物资
name-holding-release = 取消承诺
name-holding-dispatch = 物资发出
name-holding-accept = 确认收货
name-holding-hand-over = 当面移交
name-holding-resolve = 说明差额
name-holding-write-off = 核销
name-holding-consume = 使用
name-holding-count = 盘点
name-money-issue = 收到捐款
name-money-pay = 付款
name-money-redeem = 兑付
name-network-propose = 提议网络变更
name-network-approve = 同意变更
name-network-decline = 反对变更
name-network-move = 保存机构新地址
name-network-cite = 引用另一账本
what-need = 需求
what-facility = 场所
what-alias = 别名
what-stock-in = 公布的入库
what-stock-out = 公布的出库
what-beds = 床位
what-offer = 愿意提供
what-pledge = 承诺
what-question = 问题
what-answer = 回答
what-note = 说明
what-corroborate = 证实
what-dispute = 异议
what-correct = 更正
what-supersede = 取代
what-withdraw = 撤回
what-hide = 隐藏
what-show = 结束隐藏

## 总览

headline-nothing = 账本已开放，还没有人提出需求
headline-all-met = 账本中的需求均已满足
headline-percent = 所需物资已到 { $percent }%
headline-unconfirmed = 求助方尚未确认收到任何所需物资
headline-no-numbers = { $open } 项需求尚未满足，均未写明数量
summary-nothing = 第一项需求、捐赠或陈述签名后，数秒内就会出现在这里。
summary-open = { $all } 项需求中，{ $open } 项尚未满足。
summary-scarcest = 最紧缺：{ $item }，仅收到 { $percent }%。
figure-open = 尚未满足的需求
figure-critical = { $count ->
    [0] 无危急需求
   *[other] 其中 { $count } 项危急
 }
figure-shipments = 运送中的批次
figure-differences = { $count ->
    [0] 没有未说明的差额
   *[other] { $count } 处差额尚未说明
 }
figure-gifts = 捐赠
figure-needy = { $count } 处正在求助
figure-money = 捐款总额
figure-money-note = 每一笔付款都可查询
figure-money-others = 另有 { $others }
scarce-title = 紧缺什么
scarce-note = 各类物资已到数量占需求量的比例。标题数字是各项需求的平均值，一种物资再多也掩盖不了另一种的短缺。
scarce-empty = 目前没有未满足的需求。
scarce-all = 全部需求 →
scarce-unbounded = 未写明上限，无法计算比例。
scarce-also-unbounded = 另有 { $count } 项未设上限
scarce-received = 已收到 { $amount }
scarce-stated = 据称已发放 { $amount }
scarce-note-stated = “据称已发放”为保管方公布的数字，求助方尚未确认。
latest-title = 最新记录
latest-empty = 还没有记录。
latest-all = 全部记录 →
days-title = 需求的提出与满足
days-words = 累计提出 { $opened } 项，已了结 { $closed } 项
days-opened = 提出
days-closed = 了结

## 需求

needs-title = 哪里需要什么
needs-dek = 最紧急、最缺的排在前面。到货由求助方确认；由他方代述的需求均有标明。
needs-count = 共 { $count } 项需求
needs-empty = 没有符合条件的需求。

## 记录

records-title = 全部记录
records-dek = 账本中所有已签名的内容，最新的在前。任何记录都不会被修改或删除，更正另立记录。
records-count = 共 { $count } 条记录
record-facts = 记录内容
fact-actor = 办理方
fact-other = 对方
fact-goods = 物资
fact-money = 金额
fact-occurred = 发生时间
fact-written = 写入时间
fact-place = 在账本中的位置
fact-evidence = 证据
fact-see = 所属
fact-id = 记录指纹
record-place = 第 { $index } 条
record-see = 查看完整经过
record-signatures = 签名方
record-key = 公钥 { $key }
record-responses = 他人的回应
record-no-responses = 还没有人回应。
hiding-until = 隐藏了这段文字，期限至 { $day }。依据：
hiding-ended = 曾隐藏这段文字，已于 { $day } 恢复公开。依据：
record-hidden = 这段文字已由主管机关依法隐藏。隐藏它的记录写明了依据；文字的指纹仍留在账本中。
record-raw = 签名原文
record-raw-note = 为便于阅读加了换行；签名针对不含换行的原文。

## 自行核验

check-title = 自行核验
check-words = 您不必相信本页。凭证中有这条记录、全部签名，以及通向区块 { $height } 的路径，该区块由多家机构签名。
check-run = 在浏览器中核验
check-download = 下载凭证
check-noscript = 在浏览器中核验需要 JavaScript；用命令行则不需要。
verify-title = 核验凭证
verify-dek = 凭证可以证明某条记录确实在账本中，位置正确，未被改动。核验在您的浏览器中进行，不会上传任何内容。
verify-file = 凭证文件
verify-text = 或粘贴凭证内容
verify-how = 核验哪些内容
verify-own = 也可以在自己的电脑上核验，不依赖本网站：
verify-ok = 无误
verify-failed = 有误
verify-running = 正在核验……
verify-unreachable = 无法读取凭证。
verify-good = 凭证属实。该记录是本账本第 { $index } 条，与签名时完全一致；{ $committee } 家机构（自首页起第 { $set } 组）中有 { $signed } 家对其区块签名。
verify-bad = 该凭证不能证明任何内容：{ $reason }。
verify-other-network = 凭证本身无误，但属于另一个账本。
verify-error-json = 这不是凭证文件
verify-error-genesis = 账本首页被改动
verify-error-header = 区块属于另一个账本，或被改动
verify-error-sets = 无法证明该区块由哪些机构保存
verify-error-certificate = 对区块签名的机构不够
verify-error-inclusion = 记录或其位置被改动
verify-error-signature = 记录上有一个签名是错的
verify-error-state = 有一项事实与区块不符
verify-error-unsupported = 此浏览器无法核验 Ed25519 签名，请使用较新的浏览器或命令行
verify-step-genesis = 账本首页写明由哪些机构保存
verify-step-header = 区块属于本账本
verify-step-sets = 机构的每次变更都由变更前的机构决定
verify-step-certificate = 有足够多的机构对区块签名
verify-step-inclusion = 记录在日志中，位置正确
verify-step-signatures = 每位签名者签的正是这段原文
verify-step-state = 其余各项事实与区块一致

## 错误

error-missing = 没有这个页面
error-missing-why = 地址可能有误。编号末位是校验码，错一位就找不到。
error-address = 无法识别这个地址
error-address-why = 地址的一部分被改动或截断。请回到列表重新开始。
error-broken = 页面无法生成
error-broken-why = 问题在我们这边，已记录。账本本身没有受影响，请稍后再试。
error-search = 搜索“{ $word }”
error-home = 回到总览

## 单项需求

need-headline = { $needy }需要{ $goods }
need-headline-said = 据称{ $needy }需要{ $goods }
need-status-open = 未满足
need-status-partly = 部分满足
need-status-covered = 已满足
need-status-closed = 已了结
need-said-title = 他方代述。
need-said = 这项需求由{ $author }发布，求助方本人尚未签名。
need-coverage = 满足情况
need-covered = { $nobody ->
    [0] 共需 { $bound }，已收到 { $received }（{ $percent }%），其余均已有人提供。
   *[other] 共需 { $bound }，已收到 { $received }（{ $percent }%），尚有 { $left } 无人认领。
 }
need-unmeasured = 原文的数量无法读出，无法计算比例。目前已收到：{ $received }。
need-unmeasured-daily = 求助方写的是每天的数量，没有截止日期，无法计算比例。目前已收到：{ $received }。
need-unmeasured-unbounded = 求助方希望越多越好，无法计算比例。目前已收到：{ $received }。
need-dispute = { $amount } 已发出，但到货时未清点到，尚无人说明。
need-facts = 需求内容
need-asked = 需求数量
need-derived = 推算数量
need-specification = 可接受的规格
need-stated-by = 陈述方
need-changed = 最近变化
need-voices = 他人意见
need-voices-none = 还没有人证实或提出异议
need-voices-words = { $corroborated } 方证实，{ $disputed } 方有异议
need-history = 经过
derived-beds = { $count } 张床位
derived-use = 每千张床每天 { $amount }
derived-days = { $count } 天
derived-on-hand = 现有 { $amount }
derived-source = 未写明数量，此数由公开数据推算：{ $source }
offer-title = 如何帮忙
offer-closed = 这项需求已了结，谢谢。
offer-facility = 该处尚未在此登记，由他人代为描述，因此没有人能为它签收物资。
offer-facility-note = 请联系对方登记，只需几分钟。在此之前，可通过已登记的仓库或慈善组织转交。
offer-register = 先登记一次，由您自己的密钥签名。做法见文档。
offer-take = 登记您要捐的物资：
offer-send = 发出物资，并写明这项需求：
offer-confirm = 求助方清点到货并签名后，这里会显示“已收到”。
offer-note = 本网站不经手任何物资。对方签名之前，物资始终记在您名下。
offer-quantity = 数量

## 查询捐赠

trace-title = 捐赠去了哪里？
trace-dek = 查询物资或款项一路到了谁手里，途中每一方都有签名。无需注册。
trace-code = 凭条上的查询码，或捐赠编号
trace-go = 查询
trace-code-note = 大小写、空格和连字符都不影响查询。持有查询码的人能看到捐赠去向，看不到捐赠者是谁。
trace-newest = 最新捐赠
trace-no-gifts = 还没有捐赠记录。
trace-headline = 这份捐赠去了哪里
trace-number = 捐赠编号
trace-donor-unnamed = 一位未具名的捐赠者
trace-story-goods = { $donor }捐赠{ $item } { $given }，由{ $custodian }于{ $day }收入。
trace-story-money = { $donor }于{ $day }捐款 { $given }，由{ $custodian }负责。
trace-story-reached = 其中 { $reached } 已送达受助者。
trace-story-open = { $open } 仍在保管或运送中。
trace-story-lost = { $lost } 已损失，原因见下。
trace-given = 捐赠数量
trace-reached = 已送达
trace-open = 保管或运送中
trace-lost = 已损失
trace-evidence = 最弱的证据
trace-trail-ends = 线索到此为止：持有其余部分的一方已有 14 天没有移交或使用。
trace-flow = 一路经过
trace-flow-note = 宽度表示数量，单位：{ $unit }
trace-flow-words = 捐赠从左向右，经过一双双手。下面的列表用文字说明同样的内容。
trace-flow-many = 经手方太多，无法画图，详见下面的列表。
trace-hands = 经过的每一双手
trace-further = 其余 { $count } 步
trace-now = 现在在哪里
trace-nothing-left = 已全部用完。
node-gift = 捐赠
node-held = 保管
node-on_the_way = 运送中
node-used = 已使用
node-lost = 已损失
node-spent = 已支出
node-redeemed = 已兑付
share-held = 保管方：
share-on_the_way = 运送中，发出方：
share-used = 使用方：
share-lost = 损失方：
share-spent = 支出方：
share-redeemed = 兑付给：
share-since = { $time } 起

## 机构

orgs-title = 机构与个人
orgs-dek = 所有签过名的主体，以及由他人登记的场所。各自说过什么、持有什么、移交过什么，都在其页面上。
orgs-name = 名称
orgs-count = 共 { $count } 个
orgs-empty = 账本中没有这个名称。
kind-organisation = 机构
kind-person = 个人
kind-device = 设备
kind-facility = 由他人登记
kind-name = 仅有名称
org-summary = 目前持有 { $lots } 批物资或款项；{ $differences ->
    [0] 没有待清点的在途物资
   *[other] 有 { $differences } 批在途物资待清点
 }；{ $open ->
    [0] 没有未满足的需求
   *[other] 有 { $open } 项未满足的需求
 }。
org-summary-facility = 由他人登记，自己没有密钥，因此没有签过名。{ $open ->
    [0] 没有为其提出的未满足需求。
   *[other] 有 { $open } 项为其提出的未满足需求。
 }
org-further = 其余 { $count } 条
org-needs = 需要什么
org-holdings = 持有什么
org-no-holdings = 目前没有。
org-differences = 需负责的在途物资
org-no-differences = 发出的物资均已由对方清点。
org-counts = 盘点
org-counts-note = 各批次最近一次盘点，与当时账面数量对照。差额在说明之前一直显示。
count-shelf = 实有
count-book = 账面
count-result = 结果
count-when = 盘点时间
count-missing = 少 { $amount }
count-surplus = 多 { $amount }
org-entries = 签过的和与其有关的记录
org-who = 基本信息
org-since = 登记时间
org-names = 其他语言名称
org-aliases = 别名
org-keys = 密钥
org-key-rule = { $count ->
    [1] 由一把密钥签名
   *[other] { $count } 把密钥中须有 { $threshold } 把签名
 }
org-show-keys = 显示密钥
org-no-keys = 无：自己没有签过名
org-roles = 他方证明的资格
org-given = 发出的授权
org-held = 持有的授权
mandate-live = 有效
mandate-expired = 已到期
mandate-revoked = 已撤销
mandate-void = 因更换密钥而失效
mandate-used = 已使用 { $used } 次
mandate-operations = 已用 { $used } 次，上限 { $limit } 次
mandate-quantity = 物资已用 { $used }，上限 { $limit }（件或基本单位）
mandate-money = 资金已用 { $used }，上限 { $limit }（最小货币单位）
mandate-until = 有效期至 { $day }
org-hidings = 隐藏过的陈述：{ $all } 项，其中 { $now } 项目前仍在隐藏。
org-no-roles = 还没有资格证明。
role-hospital = 医院
role-depot = 仓库
role-carrier = 承运人
role-charity = 慈善组织
role-medical-supplier = 医疗物资供应商
role-bank = 银行
role-cold-chain-carrier = 冷链承运人
role-physician = 医师
role-revoked = 已撤销
role-issuer = 有效期至{ $until }，证明方：
column-quantity = 数量
column-gift = 来自捐赠
column-expires = 有效期至
unresolved-title = 对应不到任何人的名称
unresolved-dek = 公布的清单里，同一接收方常有多种写法。在有人签名说明它指的是谁之前，这些名称都列在这里。
unresolved-count = 共 { $count } 个名称
unresolved-empty = 账本中的名称都能对应到主体。
unresolved-name = 原文写法
unresolved-lines = 行数
unresolved-packs = 其中包装数量不明

## 收支核对

balance-nothing = 还没有可以核对的内容
balance-all-consistent = 全部 { $all } 项收支相符
balance-some-undecidable = 没有发现亏缺；{ $all } 项中有 { $undecidable } 项无法判定
balance-some-short = { $all } 项中有 { $short } 项发出多于收入
balance-dek = 把每个保管方的收入与发出相比较。包装数量不明时，合计写成区间，不作猜测。
balance-title = 各保管方、各类物资的收入与发出
balance-note = 公布清单中的缺口是一个问题，不是指控；保管方可以另立记录说明。
balance-empty = 还没有保管方既有收入又有发出。
balance-verdict = 结论
balance-custodian = 保管方
balance-in = 收入
balance-out = 发出
balance-decide = 查明哪些包装即可判定
balance-line-count = { $count } 行
balance-lines = { $unknown ->
    [0] { balance-line-count }
   *[other] { balance-line-count }，其中 { $unknown } 行包装数量不明
 }
balance-short-by = 至少缺 { $amount }
balance-before = 首日之前另有 { $amount }，可能已在库中
balance-more = 另有 { $count } 行，接口中全部列出。
balance-fine = { $count } 项收支相符
verdict-consistent = 相符
verdict-short = 亏缺
verdict-undecidable = 无法判定
differences-title = 已发出、到货时未清点到
differences-note = 双方作出说明之前，由发出方负责。时间久的排在前面。
differences-empty = 发出的物资均已清点。
difference-giver = 负责方
difference-taker = 接收方
difference-since = 起始时间
difference-partly = 差额

## 区块

blocks-title = 区块
blocks-dek = 记录按区块定案。每个区块都写明前一个区块，因此谁也不能抽走或改动。
column-block = 区块
column-time = 时间
column-entries = 记录数
column-signed = 签名
block-through-later = 由后续区块定案
block-summary = { $count } 条记录，{ $time } 定案
block-entries = 记录
block-empty = 这个区块没有记录。
block-proof = 供核验者使用
block-proof-note = 请与另一家机构的同一区块比较。
block-proposer = 提出方
block-digest = 区块指纹
block-log-root = 日志根
block-state-root = 状态根

## 谁保存账本

nodes-title = 谁保存这个账本
nodes-verdict = { $all ->
    [1] 一家机构保存这个账本，现为区块 { $height }
   *[other] { $all } 家机构中有 { $agree } 家认同区{"\u2060"}块 { $height }
 }
nodes-verdict-signed = { $all ->
    [1] 区块 { $height } 由保存账本的唯一一家机构签名
   *[other] { $all } 家机构中有 { $agree } 家签署了此处最新的区块 { $height }
 }
nodes-goes-on = 账本照常进行：有 { $enough } 家即可。
nodes-stands = 须有 { $enough } 家认同，账本才会继续；已有内容不会丢失。
nodes-space = {""}
nodes-silent-for = { $name }已有{ $age }没有消息。
nodes-never-heard = 本节点启动以来没有收到{ $name }的消息。
nodes-contradicts = { $name }自相矛盾。
nodes-mirror = 这是“{ $book }”的镜像：它核验一切，不参与表决。
nodes-waiting = 本节点既不表决，也不跟随其他节点：这里显示的是它最后所知的账本。
nodes-trouble = 目前无法跟随账本：
nodes-who = 保存机构
nodes-this = 本节点
nodes-heard = { $age }前有消息
nodes-not-lately = { $count ->
    [0] 尚无区块
   *[other] 最近 { $count } 个区块中没有
 }
nodes-accused = 见其所签内容
nodes-key = 其机器的密钥
nodes-owner = 机构密钥
nodes-address = 其机器的地址
nodes-next = 自区块 { $height } 起，保存机构有变：
nodes-joins = { $name }加入。
nodes-leaves = { $name }退出。
nodes-evidence = 自相矛盾的证据
nodes-no-evidence = 就本节点所知，没有机构自相矛盾。
nodes-evidence-note = 每一条本身就是证据：同一把密钥签署的两张表决。请把文件交给该机构和其他机构。它无法抵赖，别人也无法伪造。
nodes-bounds = 可以有几家失灵或说谎
nodes-bounds-fail = { $all } 家机构中任何 { $faulty } 家失灵或说谎，账本仍然正确，照常进行。
nodes-bounds-silent = 如有 { $more } 家没有消息，账本就停下，直到有 { $enough } 家恢复；已有内容不会丢失。
nodes-bounds-lie = 只有 { $more } 家一起说谎，才能签出两种历史；那时签名会说明是谁。
nodes-bounds-few = 只有 { $all } 家机构时，须全部认同：一家失灵，账本就停下，已有内容不会丢失。四家机构可以承受一家失灵。
nodes-bounds-alone = 这个账本由一家机构独自保存。它失灵，账本就停下；它说谎，没有别家签名反对，只有留着凭证的人能够指出。四家机构可以承受一家失灵或说谎。
nodes-epoch = 机构只在两个周期之间加入或退出，每个周期 { $count } 个区块。现为第 { $epoch } 周期，区块 { $first } 至 { $last }。
nodes-limits = 本页不能说明什么
nodes-limits-1 = 这只是这一个节点所见。它收不到消息的机构，别家也许都收得到；说谎的节点则可以显示任何内容。
nodes-limits-2 = 请与其他机构的同一页面比较，并自行核验凭证。
nodes-machines = 供监测使用：
column-institution = 机构
column-state = 状态
column-proposed = 最近提出
column-key = 密钥
keeper-state-agrees = 认同
keeper-state-late = 迟到
keeper-state-silent = 没有消息
keeper-state-contradicts = 自相矛盾
keeper-state-unheard = 此处听不到
evidence-conflicting-notarize = { $name }在同一轮中表决赞成两个不同的区块。守规则的机器绝不会这样，只是失灵的机器也不会：机构说谎、泄露了密钥，或用同一密钥运行了两次。
evidence-conflicting-finalize = { $name }在同一轮中表决让两个不同的区块定案。守规则的机器绝不会这样，只是失灵的机器也不会：机构说谎、泄露了密钥，或用同一密钥运行了两次。
evidence-nullify-finalize = { $name }在同一轮中既表决让区块定案，又表决跳过这一轮。守规则的机器绝不会这样，只是失灵的机器也不会：机构说谎、泄露了密钥，或用同一密钥运行了两次。
evidence-where = 第 { $epoch } 周期，第 { $view } 轮
evidence-file = 取走文件
evidence-text = 显示内容
age-seconds = { $count ->
    [0] 片刻
   *[other] { $count } 秒
 }
age-minutes = { $count } 分钟
age-hours = { $count } 小时
age-days = { $count } 天
proposals-title = 提议
proposals-note = 由谁保存账本，由现有保存机构公开决定。一项变更须经 { $all } 家中的 { $needed } 家同意，自下一周期起生效。
proposals-empty = 目前没有待答复的提议。
proposals-over = 已有结果或已过期的 { $count } 项
proposals-count = { $approved } 家同意，须有 { $needed } 家
proposals-until = { $day }前可以答复
proposal-open = 待答复
proposal-accepted = 已同意
proposal-rejected = 已否决
proposal-expired = 已过期
asked-add = { $name }请求加入保存账本
asked-remove = { $name }不再保存账本
asked-rekey = 为{ $name }的机器更换密钥
asked-recognise = 承认“{ $name }”的凭证
answer-approves = { $name }同意
answer-declines = { $name }反对：
answers-missing = 尚未答复：{ $names }
answers-comma = 、
answer-how = 机构如何答复
answer-how-1 = 在存有机构密钥的机器上：
elsewhere = 其他机构的同一页面
elsewhere-note = 它们保存同一个账本。如果两家显示的内容不同，其中一家不是迟到，就是说谎。
strip-agree = { $all ->
    [1] 由 1 家机构保存
   *[other] { $all } 家机构中有 { $agree } 家认同
 }

## 搜索、规则与文档

search-title = 搜索
search-count = { $count ->
    [0] 没有找到“{ $text }”。
   *[other] 找到 { $count } 项与“{ $text }”有关的内容。
 }
search-hint = 可以输入需求或捐赠编号、凭条上的查询码、医院名称或记录指纹。
hit-need = 需求
hit-party = 机构或个人
hit-gift = 捐赠
hit-record = 记录
hit-block = 区块
problems-title = 账本为何拒绝
problems-dek = 每条规则都有永不改变的代码、一句说明和解决办法。
problems-of-book = 账本规则
problems-of-requests = 请求错误
problems-all = 全部规则
problem-remedy = 怎么办
problem-meaning = 这意味着什么
problem-why = 该记录没有写入账本，一切未变。每家机构在记录生效前都执行同样的规则，谁也不能例外。
problem-why-request = 本节点无法执行该请求。账本没有任何变化。
docs-title = 文档
docs-dek = 为不同读者准备的简短指南（英文）。
docs-all = 全部文档

## 关于

about-title = 一本谁也改不了的公开账本
about-dek = 多家机构共同保存。任何人都能用一个小程序核验，不必相信任何人。
about-what = 这是什么
about-what-1 = 灾难中，成千上万的人和小机构行动起来比一个中心更快更好，却没有共同的账本。医院发布的需求无人能核实，捐赠者也不知道箱子去了哪里。这就是那本账。
about-what-2 = 每个人用自己的密钥为自己说的话签名：需求、捐赠、移交、更正。物资转手时双方都签名。任何内容都不会被删除或修改，错误由新的记录更正，两者都看得见。
about-what-3 = 它不是代币，不收费用，不消耗算力。
about-proves = 它能证明什么
about-proves-1 = 谁在什么时候说了什么。
about-proves-2 = 收支守恒：没有凭空出现或消失的东西，每个差额都有负责方和时间。
about-proves-3 = 事后没有任何内容被删除或改动。
about-not = 它不能证明什么
about-not-1 = 箱子里装的确实是口罩。账本只知道人们签了什么，不知道箱子里有什么。
about-not-2 = 医院确实需要它所要求的东西。
about-not-3 = 关于他人的陈述属实。这类陈述均标明为单方陈述。
about-not-4 = 发生过的一切都已写下来。
about-grades = 陈述有多可靠
about-grades-1 = 因此账本把这个差距量出来给大家看。每条记录都有证据等级，整条路径的等级以其中最弱的一步为准。
about-grades-2 = 另外定义了两级：由带密钥的封条或传感器签名，以及经抽样审计。目前还没有记录达到这两级。
about-check = 如何核验页面
about-check-1 = 每个数字都来自已签名的记录。打开一条记录，下载凭证，在浏览器或命令行中核验。凭证是完整的，多年以后不依赖本网站也能核验。
about-check-2 = 其他机构保存着同样的记录。如果两家机构对同一区块给出不同的账本，双方的凭证就能证明其中一家有问题。
about-network = 请将“{ $name }”的账本编号与您从别处得知的相比较：
about-privacy = 隐私
about-privacy-1 = 个人信息不应写在这里：电话号码和身份证号码会被拒收。捐赠者可以不具名，用只有自己知道的查询码查询去向。
about-privacy-2 = 写下的内容会一直保留，签名前请三思。
about-privacy-3 = 只有当您选择深色或浅色时，本网站才会保存一个 Cookie。页面不从别处加载任何内容，也不统计访客。
about-numbers = 数字怎么来的
about-numbers-1 = 总览的标题数字是所有写明数量的需求的平均值，一种物资再多也掩盖不了另一种的短缺。没有写明数量的需求单独计数并显示，不作猜测。
about-numbers-2 = 包装数量不明时，合计写成区间，例如“至少 120”。不明绝不当作零。
