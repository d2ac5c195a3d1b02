package kb

// enGroups holds one meaning per line, see frGroups.
const enGroups = `damaged damage broken break breaking broke smashed crushed cracked crack torn dented faulty pieces bashed shattered ripped wet scratched bent ruined
lost lose losing loss missing mislaid disappeared vanished trace nowhere whereabouts
stolen steal theft stole thief robbed nicked pinched
late delay delays delayed overdue waiting wait slow longer drags supposed expected nothing+yet
how+long many+days long+take duration weeks when time+take takes
price cost costs fee fees expensive cheap much pricing tariff rate rates postage euro euros much+cost
pay paid payment paying debit card settle charge charged spend
free extra supplement charge
invoice invoices bill bills receipt billing accounts accounting statement proof+payment
refund refunded refunds reimburse reimbursement money compensation pay+back money+back
cancel cancelled cancellation stop delete withdraw changed+mind call+back
terminate end close leaving leave quit contract subscription break+contract
change changed changing modify amend alter update switch replace edit correct move
address street house+number destination divert diverted redirect elsewhere postcode flat
house home moved moving flat apartment place
open opening hours hour opens closed close closing shut shuts late+open tonight lunch noon
weekend weekends saturday saturdays sunday sundays holidays bank+holiday
day date monday tuesday wednesday thursday friday saturday tomorrow evening
out away absent nobody ring rang doorbell card slip work
holiday holidays vacation trip leave
send sending sent ship shipping shipped shipment post posting dispatch mail
deliver delivery delivered delivers drop dropped bring brought hand receive handed
driver courier postman carrier postie
parcel parcels package packages packet order shipment box
box carton packaging container boxes
item items goods product article contents dress shoes clothes vase telly tv book toy plates watch ring
jewellery jewelry ring watch valuable value gold precious
bicycle bike furniture sofa fridge suitcase trunk mattress bulky huge oversized
collect collection collecting pick picked pickup fetch get+parcel take
return returning returns returned give+back send+back fit
neighbour neighbor neighbours door landing building caretaker concierge opposite flat
wife husband partner friend colleague brother sister son daughter mother father parent relative family somebody someone else another+person
behalf proxy authorise authorize permission representative
kid kids child children son daughter parental minor teenager
id identity identification passport licence license papers document documents wallet prove
sign signature signed signing signs
abroad overseas international foreign country countries europe travel travelling trip border
abroad country europe spain portugal italy germany belgium switzerland england ireland morocco tunisia algeria turkey china japan india canada america states usa brazil mexico australia africa asia france poland greece london
customs custom duty duties tax taxes vat import china states border
weight heavy kilo kilos kilograms weigh weighs gram grams
size dimensions big large measure measurements bulky oversized metre metres long length width height
forbidden prohibited banned allowed allow permitted may dangerous hazardous restricted accept refused
insurance insured insure cover covered coverage guarantee guaranteed warranty compensation compensate value worth
complaint complain claim dispute unhappy contest manager rude rubbish disgraceful agree decision ombudsman happy satisfied awful
agent human person manager colleague
slot appointment book booking schedule reschedule rearrange postpone put+off time
code codes number reference
password login credentials username account log sign+in access
block blocked locked lock frozen freeze suspended suspend suspension disable bar barred
unblock unlock unlocking activate reactivate enable activation simlock simlocked
fault down working works outage crash crashed bug failure dead broken turn+on red+light
repair repaired repairing fix fixed technician engineer
phone mobile cell smartphone handset device telephone
internet wifi network connection broadband fibre router signal
slow crawling speed laggy lag
fast faster quick quickly express urgent urgently sooner speed hurry rush absolutely quicker next+day
message text sms email link letter mail
notify alert notified warn tell notification
track tracking follow trace locate location
print printer printing label labels
pack packaging packing wrap wrapping protect padding cushion bubble bubble+wrap tape
contract subscription subscribe plan package deal offer
shop store locker corner+shop supermarket point tobacconist newsagent
depot warehouse branch office counter agency outlet premises
keep keeps kept hold held stay stays storage stored until+when last+day
increase raise gone+up higher double more+expensive
limit maximum max exceed ceiling cap limits
transfer wire bank+details iban
business company professional corporate firm
computer laptop machine pc workstation desktop screen
died dead death deceased bereavement inheritance widow
owner holder name
name surname married marriage divorce
wrong mistake error incorrect false mistaken forgot forgotten
missing incomplete empty lacking only+one half nothing+box nothing+inside
food perishable cheese frozen meat groceries edible sausage chocolate cake fruit
alcohol bottle bottles wine liquid liquids beer champagne
perfume aerosol flammable chemical paint petrol gas
cash banknotes notes coins
battery batteries lithium
animal animals pet pets dog cat live
check verify verification confirm
scam fraud fraudulent hacked phishing suspicious fake con real strange weird trick had
job jobs career apply recruitment hiring vacancy cv
environment carbon green eco recycle recycling emissions
data privacy gdpr personal details info information sell
record recorded recording listen
erase erased delete deleted remove wipe
loan credit borrow borrowing mortgage
monthly month instalment instalments spread
overdraft overdrawn negative red
history statement statements details
proof evidence certificate confirmation
fragile glass china delicate plates porcelain
refuse refused refusal reject rejected through+not
upstairs floor stairs lift
disabled ill sick hospital wheelchair housebound
doorstep letter+box mailbox letterbox door porch
advertising sales+call telemarketing nuisance spam unwanted harass cold+call
voicemail answerphone answering+machine greeting
competitor rival operator provider carrier
tomorrow next+day overnight
card visa mastercard bank+card
cheque cheques check chequebook checkbook
account accounts savings deposit
balance how+much+left left available
cash+machine atm withdraw withdrawal withdrawals
pin puk secret+code
swallowed kept retained
buy buying bought purchase purchased order ordered ordering
quote estimate
stock available availability sold+out restock
size fit small tight large
exchange swap exchanged
discount promo promotion voucher coupon sale offer code
loyalty points rewards club member membership
gift+card gift present
warranty guarantee faulty defective defect repair
install installation fit mount set+up plug connect connection
manual instructions guide
meter reading consumption usage
electricity power gas energy
claim accident crash flood fire leak
expert assessment
health doctor treatment prescription
computer pc laptop screen keyboard mouse printer hardware
software program application app tool excel word
slow freezes frozen hangs stuck crash crashes
start starts boot reboot restart turn+on switch+on
file folder document shared drive server disk
mailbox outlook mail email inbox
access rights permission
remote vpn home+working
virus malware hacked suspicious antivirus
update upgrade version
backup copy restore
ticket tickets booking reservation seat reserve
luggage baggage suitcase bag
trip flight train journey plane
room hotel
doctor appointment consultation
register registration sign+up enrol join
unsubscribe newsletter
age children adult minor
park parking car+park
bus tube transport directions get+there
wheelchair disability accessible
job internship vacancy
unemployment redundancy laid+off
renew renewal extend extension expire expired expiry out+date
lower reduce decrease cheaper smaller
call calls phone ring contact reach
roaming abroad
data gig gigs gigabyte gigabytes
coverage signal network reception mast bar bars
router modem box hub decoder
tv television channel channels
technician engineer visit
rubbish waste bin recycling
forgot forgotten forget reset
mistake wrong error
why reason cause`
